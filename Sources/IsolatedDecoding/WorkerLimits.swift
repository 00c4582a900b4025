/// What decoding one file may cost, enforced from outside the code that decodes.
package struct WorkerLimits: Sendable, Equatable {
    /// Address space a decoding process may take beyond the program and its libraries, in bytes.
    package var memoryBytes = 2 << 30
    /// Processor time one file may take, all threads together, in seconds.
    package var processorSeconds = 28_800
    /// Longest time a new process may take to be ready, in seconds.
    package var startSeconds = 30.0
    /// Longest wait for any sign of life, in seconds. Reading on in a long file is one.
    package var silentSeconds = 120.0
    /// Longest time to wait for one file in all, in seconds; the caller's own time not counted.
    package var fileSeconds = 43_200.0
    /// Files after which a decoding process is replaced, so that nothing can grow in it for long.
    package var filesPerProcess = 2_000
    /// Bytes received after which it is replaced at the end of the file.
    package var bytesPerProcess = 64 << 30
    /// Most key frames of one file.
    package var maximumKeyFrames = 200_000
    /// Most seconds of sound of one file: a month.
    package var maximumSoundSeconds = 2_678_400.0

    package init() {}
}
