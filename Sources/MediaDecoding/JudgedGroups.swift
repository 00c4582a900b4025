/// A group of pictures of which it is known how far it has to be decoded.
struct JudgedGroup {
    let group: PacketGroup
    let frames: Frames
    /// What follows behind the frames, unless decoding finds out.
    var end = GroupJudge.RestVerdict.look
    /// Nothing moves behind the last of the frames.
    var staysStill = false

    enum Frames {
        case none
        case key(MeasuredFrame)
        case task(GroupTask)
    }

    var task: GroupTask? {
        if case .task(let task) = frames { task } else { nil }
    }
}

/// Judged groups in the order of the film, being decoded where they have to be.
struct JudgedGroups {
    /// Groups that are done and wait for one before them, for each that may be decoded meanwhile.
    private static let mostFollowers = 3
    /// Of the pictures of groups that are done and wait for one before them.
    private static let mostHeldBytes = 12 << 20

    private let pool: DecodingPool
    private var groups: [JudgedGroup] = []

    init(pool: DecodingPool) { self.pool = pool }

    var isEmpty: Bool { groups.isEmpty }

    mutating func append(_ group: JudgedGroup) { groups.append(group) }

    /// Returns the first, which may still be being decoded.
    mutating func removeFirst() -> JudgedGroup { groups.removeFirst() }

    /// - Returns: false when there is none.
    mutating func endLast(by end: GroupJudge.RestVerdict) -> Bool {
        guard let last = groups.indices.last else { return false }
        groups[last].end = end
        return true
    }

    /// Whether the first is to be handed out before anything else is read: it is done, or too
    /// many are being decoded or wait for it.
    /// - Parameter mostRunning: groups that may be being decoded.
    func isFirstDue(mostRunning: Int) -> Bool {
        guard let first = groups.first else { return false }
        return isDone(first) || groups.count(where: { !isDone($0) }) > mostRunning
            || groups.count > mostRunning * Self.mostFollowers
            || groups.reduce(0, { $0 + heldBytes($1) }) > Self.mostHeldBytes
    }

    private func isDone(_ judged: JudgedGroup) -> Bool { judged.task.map(pool.isDone) ?? true }

    private func heldBytes(_ judged: JudgedGroup) -> Int {
        switch judged.frames {
        case .none: 0
        case .key(let frame): frame.held?.byteCount ?? 0
        case .task(let task): pool.isDone(task) ? (try? task.frames?.get().heldBytes) ?? 0 : 0
        }
    }
}
