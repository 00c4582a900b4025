package import Corpus
internal import MediaDecoding

/// A line of `reel frames`: a frame and the stretch of video it stands for.
package struct KeyFrameDocument: Encodable {
    let timeSeconds: Double
    let frame: Int
    let difference: Double
    let shotStartSeconds: Double?
    let shotEndSeconds: Double?

    package init(_ keyFrame: KeyFrame) {
        timeSeconds = keyFrame.timeSeconds
        frame = keyFrame.frame
        difference = keyFrame.difference
        shotStartSeconds = keyFrame.shot?.startSeconds
        shotEndSeconds = keyFrame.shot?.endSeconds
    }

    enum CodingKeys: String, CodingKey {
        case frame, difference
        case timeSeconds = "time_seconds"
        case shotStartSeconds = "shot_start_seconds"
        case shotEndSeconds = "shot_end_seconds"
    }
}

/// A line of `reel frames --shots`.
package struct ShotDocument: Encodable, Sendable {
    let transition: Shot.Transition
    let shotStartSeconds: Double
    let shotEndSeconds: Double

    init(_ shot: Shot) {
        transition = shot.transition
        shotStartSeconds = shot.span.startSeconds
        shotEndSeconds = shot.span.endSeconds
    }

    enum CodingKeys: String, CodingKey {
        case transition
        case shotStartSeconds = "shot_start_seconds"
        case shotEndSeconds = "shot_end_seconds"
    }
}

/// What `reel frames` knows when it is done.
package struct KeyFrameReport: Sendable {
    package let shots: [ShotDocument]
    package let frameCount: Int
    package let decodedFrameCount: Int
    /// What was wrong with a video that could be read in part.
    package let damage: String?

    init(_ summary: KeyFrameSummary) {
        shots = summary.shots.map(ShotDocument.init)
        frameCount = summary.frameCount
        decodedFrameCount = summary.decodedFrameCount
        damage = summary.damage?.description
    }
}
