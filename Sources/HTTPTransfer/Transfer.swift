internal import CCurl
internal import Glibc

/// One request over HTTP with libcurl, on the thread that calls: bounded in time and size, to no
/// address that was not meant. Proxies and `.netrc` are not read. Redirects are followed one at a
/// time, and each is judged before anything is sent there: never away from https, never
/// with the key to another server.
package struct Transfer {
    private let request: TransferRequest
    /// Of an answer with one of these statuses the body is given as it comes.
    private let wantedStatuses: Set<Int>

    package init(_ request: TransferRequest, wanting statuses: Set<Int> = [200]) {
        self.request = request
        wantedStatuses = statuses
    }

    /// libcurl's own set-up, once for the program.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// - Parameter onBytes: gets the head of the answer, and the next bytes of its body.
    /// - Throws: `TransferError`, `CancellationError`, or what `onBytes` throws.
    package func run(
        onBytes: (TransferAnswer, UnsafeBufferPointer<UInt8>) throws -> Void,
        isCancelled: () -> Bool
    ) throws -> TransferAnswer {
        try CurlLibrary.load()
        var url = try WebAddress(request.url)
        let first = url
        var redirectsLeft = request.limits.redirects
        while true {
            let answer = try runOnce(
                url, sendsKey: url.isSameServer(as: first), onBytes: onBytes,
                isCancelled: isCancelled)
            guard let redirect = answer.redirect, request.limits.redirects > 0 else {
                return answer
            }
            let next = try WebAddress(redirect)
            let isSafe = next.isSecure || (!url.isSecure && next.namesLocalHost)
            guard redirectsLeft > 0, isSafe else {
                throw TransferError.refusedRedirect(to: next.shown)
            }
            redirectsLeft -= 1
            url = next
        }
    }

    private func runOnce(
        _ url: WebAddress, sendsKey: Bool,
        onBytes: (TransferAnswer, UnsafeBufferPointer<UInt8>) throws -> Void,
        isCancelled: () -> Bool
    ) throws -> TransferAnswer {
        guard Self.isReady, let handle = curl_easy_init() else { throw TransferError.noMemory }
        defer { curl_easy_cleanup(handle) }
        // Both closures outlive the call they are passed to only inside this function.
        return try withoutActuallyEscaping(isCancelled) { isCancelled in
            try withoutActuallyEscaping(onBytes) { onBytes in
                let state = TransferState(
                    handle: handle, allowsLocalNetwork: request.allowsLocalNetwork,
                    bodyLimit: request.limits.bodyBytes, wantedStatuses: wantedStatuses,
                    isCancelled: isCancelled, onBytes: onBytes)
                return try perform(handle, state, url, sendsKey: sendsKey)
            }
        }
    }

    private func perform(
        _ handle: UnsafeMutableRawPointer, _ state: TransferState, _ url: WebAddress,
        sendsKey: Bool
    ) throws -> TransferAnswer {
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(headers) }
        func add(_ line: String) { headers = curl_slist_append(headers, line) }
        for header in request.headers { add("\(header.name): \(header.value)") }
        // Otherwise large bodies wait a second for a server's leave to be sent.
        add("Expect:")
        if sendsKey, let key = request.key { add("Authorization: Bearer \(key.text)") }

        _ = reel_curl_set_text(handle, CURLOPT_URL, url.text)
        _ = reel_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = reel_curl_set_text(handle, CURLOPT_PROXY, "")
        _ = reel_curl_set_text(handle, CURLOPT_USERAGENT, "reel")
        _ = reel_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = reel_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        _ = reel_curl_set_list(handle, CURLOPT_HTTPHEADER, headers)
        setLimits(handle)
        setCallbacks(handle, state)
        let code = (request.body ?? []).withUnsafeBytes { bytes in
            if request.body != nil {
                _ = reel_curl_set_long(handle, CURLOPT_POST, 1)
                _ = reel_curl_set_size(
                    handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
                // Not copied by libcurl; it is sent before this closure ends.
                _ = reel_curl_set_pointer(
                    handle, CURLOPT_POSTFIELDS,
                    UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            }
            return curl_easy_perform(handle)
        }
        if let error = state.error { throw error }
        if state.isTooLarge {
            throw TransferError.bodyTooLarge(limit: request.limits.bodyBytes)
        }
        try check(code, state, host: url.host)
        return state.answer()
    }

    private func setLimits(_ handle: UnsafeMutableRawPointer) {
        let limits = request.limits
        func milliseconds(_ seconds: Double) -> Int { max(1, Int((seconds * 1000).rounded(.up))) }
        let connecting = min(limits.connectSeconds, limits.totalSeconds ?? .infinity)
        _ = reel_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(connecting))
        if let seconds = limits.totalSeconds {
            _ = reel_curl_set_long(handle, CURLOPT_TIMEOUT_MS, milliseconds(seconds))
        }
        _ = reel_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
        _ = reel_curl_set_long(
            handle, CURLOPT_LOW_SPEED_TIME, max(1, Int(limits.silenceSeconds.rounded(.up))))
    }

    private func setCallbacks(_ handle: UnsafeMutableRawPointer, _ state: TransferState) {
        let context = Unmanaged.passUnretained(state).toOpaque()
        _ = reel_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = reel_curl_set_writer(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let state = Unmanaged<TransferState>.fromOpaque(context).takeUnretainedValue()
            let length = size * count
            let pointer = UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self)
            return state.take(UnsafeBufferPointer(start: pointer, count: length)) ? length : 0
        }
        _ = reel_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = reel_curl_set_writer(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let state = Unmanaged<TransferState>.fromOpaque(context).takeUnretainedValue()
            let length = size * count
            let pointer = UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self)
            return state.takeHeader(UnsafeBufferPointer(start: pointer, count: length)) ? length : 0
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
    }

    private func check(_ code: CURLcode, _ state: TransferState, host: String) throws {
        switch code {
        case CURLE_OK: return
        case CURLE_ABORTED_BY_CALLBACK: throw CancellationError()
        case CURLE_OPERATION_TIMEDOUT: throw TransferError.timedOut
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING:
            throw TransferError.brokenOff
        default:
            if let address = state.refusedAddress {
                throw TransferError.refusedAddress(host: host, address: address)
            }
            throw TransferError.unreachable(reason: String(cString: curl_easy_strerror(code)))
        }
    }
}
