import CKernels
internal import COpenBLAS
import Glibc

/// The settings of the matrix library, which are the process's: set once, before any product.
package enum OpenBLAS {
    /// The kernels it chose, named after a processor family: Haswell, SkylakeX, Zen, …
    package static var coreName: String {
        openblas_get_corename().map { String(cString: $0) } ?? "unknown"
    }

    /// Sets the library's own threads, and makes it choose its kernels again where an environment
    /// variable (`OPENBLAS_CORETYPE`, often exported for other programs) or an unknown processor
    /// made it settle for AVX2 on a machine with AVX-512, which costs half the speed; and where the
    /// program makes do with less than the processor has (`InstructionSet.limit`).
    ///
    /// Call it once, before the first product and before a second thread might make one.
    package static func configure(threads: Int) {
        precondition(threads >= 1, "At least one thread multiplies.")
        if let core = betterCoreName {
            setenv("OPENBLAS_CORETYPE", core, 1)
            unsetenv("OPENBLAS_L2_SIZE")
            gotoblas_dynamic_quit()
            gotoblas_dynamic_init()
        }
        openblas_set_num_threads(Int32(clamping: threads))
    }

    /// The kernels it should choose; nil where it chose well.
    private static var betterCoreName: String? {
        let isAVX2 = ["Haswell", "Zen"].contains(coreName)
        switch InstructionSet.current {
        case .avx512: return isAVX2 ? "SkylakeX" : nil
        case .avx2: return isAVX2 || reel_vector_limit() != reel_level_avx2 ? nil : "Haswell"
        case .plain: return reel_vector_limit() == reel_level_plain ? "Nehalem" : nil
        }
    }
}
