/// How much of a video is looked at to find the frames that stand for it.
package enum KeyFrameMethod: String, Sendable, CaseIterable, Codable {
    /// A picture now and then, without looking for shots: what a first look can afford.
    case brief
    /// No more than needed: one picture a group, and the groups in which something happens.
    case fast
    /// Every frame.
    case thorough
}
