internal import CCurl
internal import Glibc

/// One POST over HTTP with libcurl, on the thread that calls: bounded in time and size, to one host,
/// to no address that was not meant. Redirects are not followed, proxies and `.netrc` not read.
struct NetworkTransfer {
    struct Answer {
        var status = 0
        var contentType = ""
        /// Seconds the server asks to wait; 0 when it does not.
        var retryAfterSeconds = 0
        var redirect: String?
        var body: [UInt8] = []
    }

    let endpoint: ChatEndpoint

    /// libcurl's own set-up, once for the program.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// - Parameters:
    ///   - seconds: for all of it.
    ///   - onBytes: gets the body of an answer with status 200 as it comes; that of another status
    ///     is in the answer.
    func post(
        _ body: [UInt8], to path: String, accepting type: String, seconds: Double,
        onBytes: (UnsafeBufferPointer<UInt8>) throws -> Void, isCancelled: () -> Bool
    ) throws -> Answer {
        guard Self.isReady, let handle = curl_easy_init() else {
            throw LanguageModelError.unreachable(host: endpoint.host, reason: "no memory")
        }
        defer { curl_easy_cleanup(handle) }
        // Both closures outlive the call they are passed to only inside this function.
        return try withoutActuallyEscaping(isCancelled) { isCancelled in
            try withoutActuallyEscaping(onBytes) { onBytes in
                let state = TransferState(
                    handle: handle, allowsLocalNetwork: endpoint.allowsLocalNetwork,
                    replyLimit: endpoint.limits.replyBytes, isCancelled: isCancelled,
                    onBytes: onBytes)
                return try perform(
                    handle, state, body, to: path, accepting: type, seconds: seconds)
            }
        }
    }

    private func perform(
        _ handle: UnsafeMutableRawPointer, _ state: TransferState, _ body: [UInt8],
        to path: String, accepting type: String, seconds: Double
    ) throws -> Answer {
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(headers) }
        func add(_ line: String) { headers = curl_slist_append(headers, line) }
        add("Content-Type: application/json")
        add("Accept: \(type)")
        // Otherwise large bodies wait a second for a server's leave to be sent.
        add("Expect:")
        if let key = endpoint.key { add("Authorization: Bearer \(key.text)") }

        let context = Unmanaged.passUnretained(state).toOpaque()
        let limits = endpoint.limits
        func milliseconds(_ seconds: Double) -> Int { Int((seconds * 1000).rounded(.up)) }
        _ = reel_curl_set_text(handle, CURLOPT_URL, endpoint.url + path)
        _ = reel_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = reel_curl_set_text(handle, CURLOPT_PROXY, "")
        _ = reel_curl_set_text(handle, CURLOPT_USERAGENT, "reel")
        _ = reel_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = reel_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        _ = reel_curl_set_long(handle, CURLOPT_POST, 1)
        _ = reel_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        _ = reel_curl_set_list(handle, CURLOPT_HTTPHEADER, headers)
        _ = reel_curl_set_long(
            handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(min(limits.connectSeconds, seconds)))
        _ = reel_curl_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, milliseconds(seconds)))
        _ = reel_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
        _ = reel_curl_set_long(
            handle, CURLOPT_LOW_SPEED_TIME, max(1, Int(limits.silenceSeconds.rounded(.up))))
        _ = reel_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = reel_curl_set_writer(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let state = Unmanaged<TransferState>.fromOpaque(context).takeUnretainedValue()
            let length = size * count
            let pointer = UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self)
            return state.take(UnsafeBufferPointer(start: pointer, count: length)) ? length : 0
        }
        _ = reel_curl_set_long(handle, CURLOPT_NOPROGRESS, 0)
        _ = reel_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
        _ = reel_curl_set_progress(handle) { context, _, _, _, _ in
            guard let context else { return 0 }
            let state = Unmanaged<TransferState>.fromOpaque(context).takeUnretainedValue()
            return state.isCancelled() ? 1 : 0
        }
        _ = reel_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
        _ = reel_curl_set_open_socket(handle) { context, _, address in
            guard let context, let address else { return reel_curl_no_socket }
            let state = Unmanaged<TransferState>.fromOpaque(context).takeUnretainedValue()
            return state.open(address)
        }
        let code = body.withUnsafeBytes { bytes in
            // Not copied by libcurl; it is sent before this closure ends.
            _ = reel_curl_set_pointer(
                handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            return curl_easy_perform(handle)
        }
        if let error = state.error { throw error }
        if state.isTooLarge {
            throw LanguageModelError.replyTooLarge(
                host: endpoint.host, limit: endpoint.limits.replyBytes)
        }
        try check(code, state, seconds: seconds)
        return state.answer()
    }

    private func check(_ code: CURLcode, _ state: TransferState, seconds: Double) throws {
        let host = endpoint.host
        switch code {
        case CURLE_OK: return
        case CURLE_ABORTED_BY_CALLBACK: throw CancellationError()
        case CURLE_OPERATION_TIMEDOUT:
            throw LanguageModelError.timedOut(host: host, seconds: seconds)
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING:
            throw LanguageModelError.brokenOff(host: host)
        default:
            if let address = state.refusedAddress {
                throw LanguageModelError.refusedAddress(host: host, address: address)
            }
            throw LanguageModelError.unreachable(
                host: host, reason: String(cString: curl_easy_strerror(code)))
        }
    }
}

/// What libcurl's callbacks share. Lives on the thread of one transfer.
private final class TransferState {
    private let handle: UnsafeMutableRawPointer
    private let allowsLocalNetwork: Bool
    private let replyLimit: Int
    let isCancelled: () -> Bool
    private let onBytes: (UnsafeBufferPointer<UInt8>) throws -> Void
    private var body: [UInt8] = []
    private var received = 0
    private(set) var isTooLarge = false
    private(set) var refusedAddress: String?
    /// Of whoever takes the bytes.
    private(set) var error: (any Error)?

    init(
        handle: UnsafeMutableRawPointer, allowsLocalNetwork: Bool, replyLimit: Int,
        isCancelled: @escaping () -> Bool,
        onBytes: @escaping (UnsafeBufferPointer<UInt8>) throws -> Void
    ) {
        self.handle = handle
        self.allowsLocalNetwork = allowsLocalNetwork
        self.replyLimit = replyLimit
        self.isCancelled = isCancelled
        self.onBytes = onBytes
    }

    /// - Returns: false to end the transfer.
    func take(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        received += bytes.count
        guard received <= replyLimit else {
            isTooLarge = true
            return false
        }
        guard status == 200 else {
            body += bytes
            return true
        }
        do {
            try onBytes(bytes)
            return true
        } catch {
            self.error = error
            return false
        }
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

    private var status: Int {
        var status = 0
        _ = reel_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    func answer() -> NetworkTransfer.Answer {
        var answer = NetworkTransfer.Answer()
        answer.status = status
        var wait: curl_off_t = 0
        _ = reel_curl_get_size(handle, CURLINFO_RETRY_AFTER, &wait)
        answer.retryAfterSeconds = Int(wait)
        answer.redirect = text(CURLINFO_REDIRECT_URL)
        answer.contentType = text(CURLINFO_CONTENT_TYPE) ?? ""
        answer.body = body
        return answer
    }

    private func text(_ info: CURLINFO) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        _ = reel_curl_get_text(handle, info, &text)
        return text.map { String(cString: $0) }
    }
}
