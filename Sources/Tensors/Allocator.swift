import CKernels

/// The settings of the C library's allocator, which are the process's: set once.
package enum Allocator {
    /// A server has more threads than cores. By itself the library gives every thread an arena of its
    /// own until there are eight a core, and what is free in one is of no use to another: the
    /// program grows by what each of them once needed.
    ///
    /// - Parameter workers: threads that compute at the same time.
    package static func configure(workers: Int) {
        precondition(workers >= 1, "At least one thread computes.")
        reel_limit_arenas(Int32(clamping: 2 * workers))
    }
}
