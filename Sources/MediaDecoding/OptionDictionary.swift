import CFFmpeg

/// Options for libav by name. `free` must be called; libav may have replaced the pointer by then.
struct OptionDictionary {
    var pointer: OpaquePointer?

    init(_ options: [String: String]) {
        for (name, value) in options { av_dict_set(&pointer, name, value, 0) }
    }

    mutating func free() { av_dict_free(&pointer) }
}

/// The text stored under a name in a container's or stream's metadata, invalid UTF-8 repaired.
func metadataValue(_ dictionary: OpaquePointer?, _ name: String) -> String? {
    guard let entry = av_dict_get(dictionary, name, nil, 0), let value = entry.pointee.value else {
        return nil
    }
    return String(cString: value)
}

/// libav's own words for an error code.
func libraryMessage(_ code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 128)
    av_strerror(code, &text, text.count)
    return text.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { String(cString: $0) } ?? "error \(code)"
    }
}

/// The shim's error codes are constants of a C enum; libav returns them as `int`.
extension BinaryInteger {
    var code: Int32 { Int32(truncatingIfNeeded: self) }
}
