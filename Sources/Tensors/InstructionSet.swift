import CKernels

/// How much of the processor the program's own loops use, lowest first.
package enum InstructionSet: String, Sendable, CaseIterable {
    /// What every processor of the family has.
    case plain
    /// AVX2 and FMA, and no VNNI, as processors from 2013 on.
    case avx2
    /// AVX-512 (F, BW, DQ, VL), with VNNI and VBMI2 where they are.
    case avx512

    /// What is used now: the best of what the processor has and of what is allowed.
    package static var current: InstructionSet {
        switch reel_best_vector_level() {
        case reel_level_avx512: .avx512
        case reel_level_avx2: .avx2
        default: .plain
        }
    }

    /// Makes do with less than the processor has, as on an older one. For the whole process; before
    /// anything else is made with it.
    package static func limit(to set: InstructionSet) {
        let level =
            switch set {
            case .plain: reel_level_plain
            case .avx2: reel_level_avx2
            case .avx512: reel_level_avx512
            }
        reel_limit_vector_level(level)
    }
}
