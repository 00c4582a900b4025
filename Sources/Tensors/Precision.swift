import CKernels

/// How exactly a network's linear layers multiply; everything between them is single precision.
///
/// See docs/decisions/0011-fixed-point-encoders.md for what each costs and gains.
package enum Precision: String, Sendable, CaseIterable {
    /// Weights where the file has them, single precision.
    case fp32
    /// Twelve bits a number, a scale for each output and each token: embeddings differ from those
    /// of fp32 by a cosine of .9999.
    case int16
    /// With VNNI eight bits a number, a scale for each 128 inputs; else seven bits, a scale for each
    /// 64 of them: a cosine of .99.
    case int8

    /// The fastest whose embeddings stay within a cosine of .999 of single precision.
    package static var fastestFaithful: Precision {
        reel_best_vector_level().rawValue >= reel_level_avx2.rawValue ? .int16 : .fp32
    }

    /// Whether the processor multiplies bytes without saturating; how `int8` is laid out.
    static var hasEightBitProducts: Bool { reel_best_byte_level() != reel_bytes_plain }
}
