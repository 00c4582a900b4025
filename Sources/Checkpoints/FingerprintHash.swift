import CKernels

/// SHA-256 over named pieces of a model.
struct FingerprintHash {
    private var state = reel_sha256()

    init() { reel_sha256_init(&state) }

    mutating func add(name: String, _ bytes: [UInt8]) {
        addLabel(name: name, size: bytes.count)
        bytes.withUnsafeBytes { addBytes($0) }
    }

    /// Takes the file, not its bytes: they are there only as long as it is.
    mutating func add(name: String, _ file: MappedFile) {
        withExtendedLifetime(file) {
            addLabel(name: name, size: file.bytes.count)
            addBytes(file.bytes)
        }
    }

    /// The size fences one piece's bytes off from the next one's.
    mutating func addLabel(name: String, size: Int) {
        let label = Array("\(name) \(size)\n".utf8)
        reel_sha256_update(&state, label, label.count)
    }

    mutating func addBytes(_ bytes: UnsafeRawBufferPointer) {
        reel_sha256_update(&state, bytes.baseAddress, bytes.count)
    }

    /// Lower case. The hash is finished by it.
    mutating func hexadecimal() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        reel_sha256_final(&state, &digest)
        return digest.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
