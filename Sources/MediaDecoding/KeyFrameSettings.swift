/// How a video is cut down to the frames that stand for it.
package struct KeyFrameSettings: Sendable, Equatable, Codable {
    /// Mean absolute grey difference between successive frames that makes a cut, 0…255. Motion
    /// stays under 8 or so; cuts between dark scenes begin at about 12.
    package var differenceThreshold = 12.0
    /// A cut also differs this many times more than the frames just before it did, so that shaky
    /// or fast pictures are not cut at every frame.
    package var outlierRatio = 3.0
    /// Difference to the last key frame that makes a new one without any cut (slow pans, fades).
    package var driftThreshold = 28.0
    /// Such frames come no closer than this to the last key frame, in seconds.
    package var driftGapSeconds = 2.5
    /// Longest time without a key frame while the picture changes at all, in seconds.
    package var maximumGapSeconds = 10.0
    /// The same while it does not change: a still picture is shown once in this time, in seconds.
    package var maximumStillGapSeconds = 60.0
    /// Most key frames in each minute of the video; those with the smallest difference go first.
    package var maximumPerMinute = 20
    /// Difference to the last key frame below which a frame shows the same, 0…255.
    package var nearDuplicateThreshold = 2.5
    /// After a cut, the frame is taken when two successive frames differ by less than this …
    package var settledThreshold = 4.0
    /// … or this much later, in seconds: the first frames after a cut are often blends or blurred.
    package var settleSeconds = 0.4
    /// Shots shorter than this, such as flashes, get no key frame, in seconds.
    package var minimumShotSeconds = 0.2
    /// Pixels of the longer side of the pictures handed out; smaller videos stay as they are.
    package var pictureLongSide = 640

    package init() {}
}
