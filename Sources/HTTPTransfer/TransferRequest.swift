/// One thing to ask of an HTTP server, and how far to go for it.
package struct TransferRequest: Sendable {
    package var url: String
    /// Sent by POST; nil for GET.
    package var body: [UInt8]?
    package var headers: [Header]
    /// Sent to the server of `url` and to no other, whatever redirects say.
    package var key: SecretKey?
    /// Whether a host's name may lead to an address of the local network.
    package var allowsLocalNetwork: Bool
    package var limits = Limits()

    package struct Header: Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package struct Limits: Sendable {
        package var connectSeconds = 10.0
        /// For all of it; nil for as long as bytes keep coming.
        package var totalSeconds: Double?
        /// Nothing received for so long is a server that hangs.
        package var silenceSeconds = 60.0
        package var bodyBytes = 8 << 20
        /// Redirects that are followed; with 0 the answer says where one would lead.
        package var redirects = 0

        package init() {}
    }

    package init(
        url: String, body: [UInt8]? = nil, headers: [Header] = [], key: SecretKey? = nil,
        allowsLocalNetwork: Bool
    ) {
        self.url = url
        self.body = body
        self.headers = headers
        self.key = key
        self.allowsLocalNetwork = allowsLocalNetwork
    }
}

/// What a server says before the body, and for a refusal the body too.
package struct TransferAnswer: Sendable {
    package var status = 0
    package var contentType = ""
    /// Seconds the server asks to wait; 0 when it does not.
    package var retryAfterSeconds = 0
    /// Where a redirect that was not followed leads.
    package var redirect: String?
    /// By their names in lower case; of several with one name the last.
    package var headers: [String: String] = [:]
    /// Of an answer whose body was not wanted as it came.
    package var body: [UInt8] = []

    package init() {}
}
