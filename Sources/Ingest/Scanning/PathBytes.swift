internal import Corpus

extension String {
    /// Calls a system function with the path that this text spells, as `PathText` does.
    func withPathBytes<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let bytes = PathText(self).bytes.map(CChar.init(bitPattern:)) + [0]
        return bytes.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
