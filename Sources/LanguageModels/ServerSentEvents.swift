/// Cuts a stream of bytes into the data of its events (WHATWG HTML, "Server-sent events"), however
/// the bytes arrive.
struct ServerSentEvents {
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var endedWithReturn = false

    /// - Parameter onData: gets the data of each whole event.
    mutating func add(
        _ bytes: some Sequence<UInt8>, onData: ([UInt8]) throws -> Void
    ) rethrows {
        for byte in bytes {
            defer { endedWithReturn = byte == 0x0D }
            // A line ends with \r, \n or both.
            if byte == 0x0A, endedWithReturn { continue }
            if byte == 0x0A || byte == 0x0D {
                try endLine(onData: onData)
            } else {
                line.append(byte)
            }
        }
    }

    private mutating func endLine(onData: ([UInt8]) throws -> Void) rethrows {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer { (data, hasData) = ([], false) }
            if hasData { try onData(data) }
            return
        }
        guard line.starts(with: "data:".utf8) else { return }
        if hasData { data.append(0x0A) }
        data += line.dropFirst(line.count > 5 && line[5] == 0x20 ? 6 : 5)
        hasData = true
    }
}
