internal import Glibc
package import HTTPTransfer

/// Where models are fetched from, and how patiently.
package struct HubEndpoint: Sendable {
    /// Without a slash at the end.
    package let url: String
    /// Sent to this server alone.
    package let token: SecretKey?
    package var limits = Limits()
    let host: String
    /// Of a server on this machine or in its network, since whoever set it named it.
    let isLocal: Bool

    /// The public hub of Hugging Face.
    package static let standard = "https://huggingface.co"

    package struct Limits: Sendable {
        package var connectSeconds = 10.0
        /// For one of the small answers: listings.
        package var listingSeconds = 60.0
        /// Nothing received for so long is a server that hangs.
        package var silenceSeconds = 30.0
        /// Further tries after what may pass by itself and brought no byte.
        package var retries = 4
        /// Before the first of them; doubled for each that follows.
        package var firstPauseSeconds = 0.5
        package var longestPauseSeconds = 30.0

        package init() {}
    }

    package init(url: String, token: SecretKey?) throws(ModelHubError) {
        var text = url
        while text.hasSuffix("/") { text.removeLast() }
        let address: WebAddress
        do {
            address = try WebAddress(text)
        } catch {
            throw .badEndpoint(url: url)
        }
        guard address.isSecure || address.namesLocalHost, !text.contains("?"), !text.contains("#")
        else { throw .badEndpoint(url: address.shown) }
        self.url = text
        self.token = token
        host = address.host
        isLocal = address.namesLocalHost
    }
}

/// Talks to the hub: listings, and files as they come.
struct HubClient {
    let endpoint: HubEndpoint
    let isCancelled: () -> Bool

    /// As many as the hub and its stores lead through, and a few more.
    private static let redirectLimit = 5

    /// The files of the commit that a revision stands for.
    func listing(of name: ModelName) throws -> HubListing {
        let revision = name.revision ?? ModelName.mainBranch
        var request = request(
            "/api/models/\(name.repository)/revision/\(Self.escaped(revision))?blobs=true")
        request.headers = [.init("Accept", "application/json")]
        request.limits.totalSeconds = endpoint.limits.listingSeconds
        request.limits.bodyBytes = HubListing.byteLimit
        var body: [UInt8] = []
        do {
            try retrying(
                sinceProgress: { 0 },
                {
                    body = []
                    let answer = try Transfer(request).run(
                        onBytes: { _, bytes in body += bytes }, isCancelled: isCancelled)
                    try requireSuccess(answer, of: name)
                })
        } catch TransferError.bodyTooLarge(let limit) {
            throw ModelHubError.badListing(
                name: name.repository, reason: "it is longer than \(limit) bytes")
        } catch let error as TransferError {
            throw ModelHubError(error, host: endpoint.host)
        }
        return try HubListing(parsing: body, name: name.repository)
    }

    /// One try of a file's bytes from an offset on.
    /// - Parameters:
    ///   - onBytes: gets the answer's head, whose status is 200 or 206, and the next bytes.
    func fetch(
        _ file: HubFile, of name: ModelName, commit: String, from offset: Int,
        ifUnchanged tag: String?,
        onBytes: (TransferAnswer, UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws -> TransferAnswer {
        let path = file.path.split(separator: "/").map { Self.escaped(String($0)) }
            .joined(separator: "/")
        var request = request("/\(name.repository)/resolve/\(commit)/\(path)")
        request.headers = [.init("Accept-Encoding", "identity")]
        if offset > 0 {
            request.headers.append(.init("Range", "bytes=\(offset)-"))
            if let tag { request.headers.append(.init("If-Range", tag)) }
        }
        // Whoever takes the bytes knows how many there may be; this bounds a refusal's.
        request.limits.bodyBytes = file.size + HubListing.byteLimit
        let answer = try Transfer(request, wanting: [200, 206]).run(
            onBytes: onBytes, isCancelled: isCancelled)
        if answer.status == 416 { return answer }
        if answer.status == 404, answer.headers["x-error-code"] != "RepoNotFound" {
            throw ModelHubError.missingFile(name: name.repository, file: file.path)
        }
        try requireSuccess(answer, of: name)
        return answer
    }

    private func request(_ path: String) -> TransferRequest {
        var request = TransferRequest(
            url: endpoint.url + path, key: endpoint.token, allowsLocalNetwork: endpoint.isLocal)
        request.limits.connectSeconds = endpoint.limits.connectSeconds
        request.limits.silenceSeconds = endpoint.limits.silenceSeconds
        request.limits.redirects = Self.redirectLimit
        return request
    }

    private func requireSuccess(
        _ answer: TransferAnswer, of name: ModelName
    ) throws(ModelHubError) {
        let notAllowed = ModelHubError.notAllowed(
            name: name.repository, endpoint: endpoint.url, hasToken: endpoint.token != nil)
        // The hub says 401 also of models that there are not, to whoever shows no token.
        switch (answer.status, answer.headers["x-error-code"]) {
        case (200, _), (206, _): return
        case (_, "GatedRepo"): throw notAllowed
        case (404, "RevisionNotFound"):
            throw .noSuchRevision(
                name: name.repository, revision: name.revision ?? ModelName.mainBranch)
        case (404, _), (401, "RepoNotFound"):
            throw .notThere(name: name.repository, endpoint: endpoint.url)
        case (401, _), (403, _): throw notAllowed
        case (let status, _): throw .refused(host: endpoint.host, status: status)
        }
    }

    // MARK: Trying again

    /// Runs until it succeeds, or what goes wrong does not pass by itself.
    /// - Parameter progress: grows where a try was not in vain; then the count starts anew.
    func retrying(sinceProgress progress: () -> Int, _ body: () throws -> Void) throws {
        var pause = endpoint.limits.firstPauseSeconds
        var triesLeft = endpoint.limits.retries
        var reached = progress()
        while true {
            if isCancelled() { throw CancellationError() }
            do {
                return try body()
            } catch let error where Self.isPassing(error) {
                if progress() > reached {
                    pause = endpoint.limits.firstPauseSeconds
                    triesLeft = endpoint.limits.retries
                    reached = progress()
                }
                guard triesLeft > 0 else { throw error }
                triesLeft -= 1
                // Clients that failed together should not come back together.
                try wait(pause * .random(in: 0.75...1.25))
                pause = min(pause * 2, endpoint.limits.longestPauseSeconds)
            }
        }
    }

    private static func isPassing(_ error: any Error) -> Bool {
        switch error {
        case TransferError.unreachable, TransferError.timedOut, TransferError.brokenOff: true
        case ModelHubError.refused(_, let status): status == 408 || status == 429 || status >= 500
        default: false
        }
    }

    private func wait(_ seconds: Double) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if isCancelled() { throw CancellationError() }
            usleep(useconds_t(min(0.05, seconds) * 1e6))
        }
    }

    /// One part of a path: also the slash of a branch is no slash of the address.
    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

extension ModelHubError {
    init(_ error: TransferError, host: String) {
        self =
            switch error {
            case .noMemory: .unreachable(host: host, reason: "no memory")
            case .missingLibrary(let sentence): .missingLibrary(sentence)
            case .badAddress(let url): .refusedRedirect(host: host, to: url)
            case .refusedAddress(let host, let address):
                .refusedAddress(host: host, address: address)
            case .refusedRedirect(let to): .refusedRedirect(host: host, to: to)
            case .unreachable(let reason): .unreachable(host: host, reason: reason)
            case .timedOut: .unreachable(host: host, reason: "it does not answer in time")
            case .brokenOff: .unreachable(host: host, reason: "it ends the connection too early")
            case .bodyTooLarge(let limit):
                .unreachable(host: host, reason: "it sends more than \(limit) bytes")
            }
    }
}
