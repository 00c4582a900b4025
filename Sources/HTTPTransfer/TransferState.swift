internal import CCurl
internal import Glibc

/// What libcurl's callbacks share. Lives on the thread of one transfer.
final class TransferState {
    private let handle: UnsafeMutableRawPointer
    private let allowsLocalNetwork: Bool
    private let bodyLimit: Int
    private let wantedStatuses: Set<Int>
    let isCancelled: () -> Bool
    private let onBytes: (TransferAnswer, UnsafeBufferPointer<UInt8>) throws -> Void
    private var head: TransferAnswer?
    private var headers: [String: String] = [:]
    private var headerByteCount = 0
    private var body: [UInt8] = []
    private var received = 0
    private(set) var isTooLarge = false
    private(set) var refusedAddress: String?
    /// Of whoever takes the bytes.
    private(set) var error: (any Error)?

    /// Of the headers of all answers of a transfer.
    private static let headerByteLimit = 1 << 18
    /// Of the body of a refusal: it is for a sentence.
    private static let refusalByteLimit = 1 << 16

    init(
        handle: UnsafeMutableRawPointer, allowsLocalNetwork: Bool, bodyLimit: Int,
        wantedStatuses: Set<Int>, isCancelled: @escaping () -> Bool,
        onBytes: @escaping (TransferAnswer, UnsafeBufferPointer<UInt8>) throws -> Void
    ) {
        self.handle = handle
        self.allowsLocalNetwork = allowsLocalNetwork
        self.bodyLimit = bodyLimit
        self.wantedStatuses = wantedStatuses
        self.isCancelled = isCancelled
        self.onBytes = onBytes
    }

    /// - Returns: false to end the transfer.
    func take(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let head = self.head ?? self.answer()
        self.head = head
        received += bytes.count
        guard received <= bodyLimit else {
            isTooLarge = true
            return false
        }
        guard wantedStatuses.contains(head.status) else {
            body += bytes.prefix(max(0, Self.refusalByteLimit - body.count))
            return true
        }
        do {
            try onBytes(head, bytes)
            return true
        } catch {
            self.error = error
            return false
        }
    }

    /// - Returns: false to end the transfer.
    func takeHeader(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        headerByteCount += bytes.count
        guard headerByteCount <= Self.headerByteLimit else { return false }
        let line = String(decoding: bytes, as: UTF8.self)
        // Interim answers have heads of their own.
        if line.hasPrefix("HTTP/") { headers = [:] }
        guard let colon = line.firstIndex(of: ":") else { return true }
        var value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
        while value.last?.isWhitespace == true { value.removeLast() }
        headers[line[..<colon].lowercased()] = String(value)
        return true
    }

    /// Opens a socket to an address that may be talked to.
    func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        let (reach, text) = NetworkAddress.describe(&address.pointee.addr)
        guard reach == .open || (reach == .local && allowsLocalNetwork) else {
            refusedAddress = text
            return reel_curl_no_socket
        }
        return socket(
            address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
            address.pointee.protocol)
    }

    func answer() -> TransferAnswer {
        var answer = TransferAnswer()
        _ = reel_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &answer.status)
        var wait: curl_off_t = 0
        _ = reel_curl_get_size(handle, CURLINFO_RETRY_AFTER, &wait)
        answer.retryAfterSeconds = Int(wait)
        answer.redirect = text(CURLINFO_REDIRECT_URL)
        answer.contentType = text(CURLINFO_CONTENT_TYPE) ?? ""
        answer.headers = headers
        answer.body = body
        return answer
    }

    private func text(_ info: CURLINFO) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        _ = reel_curl_get_text(handle, info, &text)
        return text.map { String(cString: $0) }
    }
}
