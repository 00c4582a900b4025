internal import CKernels

/// SHA-256 (FIPS 180-4), streamed: the identity of assets and of model directories.
package struct SHA256: ~Copyable {
    private var context = reel_sha256()

    package init() {
        reel_sha256_init(&context)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        reel_sha256_update(&context, bytes.baseAddress, bytes.count)
    }

    /// The 32-byte digest of everything seen.
    package consuming func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            if let digest = buffer.baseAddress { reel_sha256_final(&context, digest) }
            count = 32
        }
    }

    package static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        Array(bytes).withUnsafeBytes { hash.update($0) }
        return hash.finalize()
    }
}

/// Lower-case hexadecimal, two digits a byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
}
