internal import Synchronization

/// What `/readyz` tells: whether requests would be answered now.
package final class ServerHealth: Sendable {
    /// One thing that must be right before requests are sent here.
    package struct Check: Sendable {
        package var name: String
        package var isGood: Bool
        /// Why it is not, or what it is.
        package var detail: String

        package init(_ name: String, isGood: Bool, detail: String) {
            self.name = name
            self.isGood = isGood
            self.detail = detail
        }
    }

    private let draining = Atomic<Bool>(false)
    private let checks: @Sendable () -> [Check]
    private let whenDraining: @Sendable () -> Void

    /// - Parameters:
    ///   - checks: asked anew for every `/readyz`; quick.
    ///   - whenDraining: called once, when the server is told to stop; quick.
    package init(
        checks: @escaping @Sendable () -> [Check],
        whenDraining: @escaping @Sendable () -> Void = {}
    ) {
        self.checks = checks
        self.whenDraining = whenDraining
    }

    /// Whether the server is being stopped.
    package var isDraining: Bool { draining.load(ordering: .acquiring) }

    func beginDraining() {
        guard !draining.exchange(true, ordering: .acquiringAndReleasing) else { return }
        whenDraining()
    }

    var report: [Check] {
        [Check("server", isGood: !isDraining, detail: isDraining ? "is being stopped" : "runs")]
            + checks()
    }
}
