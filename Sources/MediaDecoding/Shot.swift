package import Corpus

/// A stretch of video taken without interruption.
package struct Shot: Sendable, Equatable {
    /// How it begins.
    package enum Transition: String, Sendable, Encodable {
        /// The first shot of the video.
        case start
        case cut
        /// The shot before it turned into it.
        case dissolve
        /// A black or white picture lies between.
        case fade
    }

    package var span: TimeSpan
    package var transition: Transition
}

/// Where one shot ends and the next begins.
struct ShotBoundary: Equatable {
    /// Of a cut: the time of the new shot's first frame. Else about the middle of the transition.
    var timeSeconds: Double
    var transition: Shot.Transition
    /// Between the pictures on both sides, 0…255.
    var difference: Double
    /// What is not yet, or no more, a picture of one shot alone.
    var extent: TimeSpan
}
