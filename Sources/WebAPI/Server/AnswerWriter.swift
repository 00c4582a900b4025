internal import CEvent
internal import Glibc

/// Answers in libevent's terms.
enum AnswerWriter {
    static func body(of request: OpaquePointer) -> [UInt8] {
        guard let buffer = evhttp_request_get_input_buffer(request) else { return [] }
        let count = evbuffer_get_length(buffer)
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
            initialized = max(0, Int(evbuffer_remove(buffer, bytes.baseAddress, count)))
        }
    }

    /// Sends a whole answer and lets go of the request.
    static func send(
        _ response: HTTPResponse, to request: OpaquePointer, headOnly: Bool, closing: Bool
    ) {
        let buffer = evbuffer_new()
        defer { if let buffer { evbuffer_free(buffer) } }
        let length: Int?
        switch response.body {
        case .bytes(let bytes):
            length = bytes.count
            if !headOnly, !bytes.isEmpty { evbuffer_add(buffer, bytes, bytes.count) }
        case .file(let descriptor, let offset, let count):
            length = count
            if headOnly || count == 0 {
                close(descriptor)
            } else {
                // A mapped file that somebody shortens would end the process: copied by the kernel.
                evbuffer_set_flags(buffer, UInt64(EVBUFFER_FLAG_DRAINS_TO_FD))
                if evbuffer_add_file(buffer, descriptor, Int64(offset), Int64(count)) != 0 {
                    close(descriptor)
                }
            }
        case .stream: length = nil
        }
        addHeaders(of: response, to: request, closing: closing)
        if let length, response.status != 204, response.status != 304 {
            add("Content-Length", String(length), to: request)
        }
        evhttp_send_reply(
            request, Int32(response.status), StatusText.of(response.status), buffer)
    }

    /// Sends the head of an answer that comes in pieces.
    static func begin(_ response: HTTPResponse, to request: OpaquePointer, closing: Bool) {
        addHeaders(of: response, to: request, closing: closing)
        evhttp_send_reply_start(
            request, Int32(response.status), StatusText.of(response.status))
    }

    static func sendPiece(_ bytes: [UInt8], to request: OpaquePointer) {
        guard let buffer = evbuffer_new() else { return }
        evbuffer_add(buffer, bytes, bytes.count)
        evhttp_send_reply_chunk(request, buffer)
        evbuffer_free(buffer)
    }

    static func end(_ request: OpaquePointer) { evhttp_send_reply_end(request) }

    private static func addHeaders(
        of response: HTTPResponse, to request: OpaquePointer, closing: Bool
    ) {
        var hasCacheControl = false
        for (name, value) in response.headers {
            hasCacheControl = hasCacheControl || name.lowercased() == "cache-control"
            add(name, value, to: request)
        }
        for (name, value) in SecurityHeaders.all { add(name, value, to: request) }
        // What is found in somebody's videos stays out of caches, unless a route says otherwise.
        if !hasCacheControl { add("Cache-Control", "no-store", to: request) }
        if closing { add("Connection", "close", to: request) }
    }

    private static func add(_ name: String, _ value: String, to request: OpaquePointer) {
        evhttp_add_header(evhttp_request_get_output_headers(request), name, value)
    }
}
