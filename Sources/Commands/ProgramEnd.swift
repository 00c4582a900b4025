internal import Glibc

/// The end of the program while other threads may still be at work, as a server's are on what
/// nobody waits for any more.
package enum ProgramEnd {
    /// Ends at once. `exit` would first let C libraries take down what those threads use: OpenBLAS
    /// forgets its kernels, and a product then ends the program with a segmentation fault.
    package static func with(_ code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}
