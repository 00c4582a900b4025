package import Corpus

/// How a video is cut down to the frames that stand for it.
package struct KeyFrameSettings: Sendable, Equatable, Codable {
    package var method = KeyFrameMethod.fast
    /// What tells one shot from the next.
    package var shots = ShotSettings()
    /// Difference to the beginning of a stretch that begins a new one without any cut (slow pans).
    package var driftThreshold = 28.0
    /// Such stretches are no shorter than this, in seconds.
    package var driftGapSeconds = 2.5
    /// Where other words come to stand on a still ground, as on slides, stretches are no shorter than
    /// this, in seconds.
    package var rewritingGapSeconds = 1.0
    /// Longest stretch with one key frame while the picture changes at all, in seconds.
    package var maximumGapSeconds = 10.0
    /// The same while it does not change: a still picture is shown once in this time, in seconds.
    package var maximumStillGapSeconds = 60.0
    /// Most key frames in each minute of the video; those with the smallest difference go first.
    package var maximumPerMinute = 20
    /// Difference to the last key frame below which a frame shows the same, 0…255.
    package var nearDuplicateThreshold = 2.5
    /// Bits of 64 in which the perceptual hashes of two frames that show the same may differ, as
    /// long as their planes differ by less than `likenessThreshold`: a change of brightness.
    package var nearDuplicateBits = 3
    package var likenessThreshold = 10.0
    /// Pixels of the longer side of the pictures handed out; smaller videos stay as they are. Enough
    /// to read the text on a slide.
    package var pictureLongSide = 1_280

    package init() {}
}

/// What tells one shot from the next. Differences are mean absolute differences of grey planes,
/// 0…255; times are seconds.
package struct ShotSettings: Sendable, Equatable, Codable {
    /// Difference between successive frames that makes a cut. Motion stays under 8 or so; cuts
    /// between dark scenes begin at about 12.
    package var cutThreshold = 10.0
    /// A cut also differs this many times more than the frames around it do, so that shaky or fast
    /// pictures are not cut at every frame.
    package var outlierRatio = 3.0
    /// A picture that is back after less than this was only interrupted: a flash, a dropped frame.
    package var flashSeconds = 0.35
    /// The same when the interruption is brighter all over, as flashes fade slowly.
    package var brightFlashSeconds = 0.8
    /// Part of a cut's difference that a picture which is back may still differ by.
    package var flashReturn = 0.45
    package var flashReturnLimit = 30.0
    /// Root mean square difference between the two ends of a dissolve, on the coarse plane.
    package var dissolveThreshold = 12.0
    /// Part of that by which the frames between may miss the blend of both ends.
    package var blendTolerance = 0.3
    /// Contrast (standard deviation) below which a plane shows nothing.
    package var blankContrast = 5.0
    /// A black or white picture this long separates two shots even when both look the same.
    package var blankSeconds = 0.3
    /// No shot is shorter.
    package var minimumShotSeconds = 0.3

    package init() {}
}
