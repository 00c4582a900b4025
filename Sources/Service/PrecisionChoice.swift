internal import Tensors

/// What a user may say about precision.
package enum PrecisionChoice: String, Sendable, CaseIterable {
    /// The fastest on this processor whose embeddings keep a cosine of .999 with fp32's.
    case auto
    case fp32, int16, int8
    /// Asked for by those who know it from elsewhere; int16 is closer to fp32 and as fast.
    case bf16

    var resolved: Precision {
        switch self {
        case .auto: .fastestFaithful
        case .fp32: .fp32
        case .int16, .bf16: .int16
        case .int8: .int8
        }
    }
}
