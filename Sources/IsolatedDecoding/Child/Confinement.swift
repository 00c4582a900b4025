/// What holds a decoding process in.
package struct Confinement: Sendable, Equatable {
    /// The kernel refuses every system call that decoding does not need.
    package var filtersSystemCalls: Bool
    /// Memory and the size of files are limited.
    package var limitsResources: Bool

    package init(filtersSystemCalls: Bool, limitsResources: Bool) {
        self.filtersSystemCalls = filtersSystemCalls
        self.limitsResources = limitsResources
    }
}

extension Confinement {
    init(_ body: [UInt8]) throws {
        var reader = ByteReader(body)
        self.init(
            filtersSystemCalls: try reader.flag(), limitsResources: try reader.flag())
        try reader.finish()
    }

    var body: [UInt8] {
        var writer = ByteWriter()
        writer.append(filtersSystemCalls)
        writer.append(limitsResources)
        return writer.bytes
    }
}
