/// A frame that stands for a stretch of video.
package struct KeyFrame: Sendable, Equatable {
    /// Presentation time from the start of the stream, on the asset's time line.
    package var timeSeconds: Double
    /// Position among the stream's decoded frames, from 0.
    package var frame: Int
    /// Mean absolute grey difference to the frame before, 0…255; 0 for a first frame.
    package var difference: Double
    /// The shot it was taken from; nil when it stands for the time up to the next key frame.
    package var shot: TimeSpan?

    package init(timeSeconds: Double, frame: Int, difference: Double, shot: TimeSpan? = nil) {
        self.timeSeconds = timeSeconds
        self.frame = frame
        self.difference = difference
        self.shot = shot
    }
}
