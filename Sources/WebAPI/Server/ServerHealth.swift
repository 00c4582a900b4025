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

    /// - Parameter checks: asked anew for every `/readyz`; quick.
    package init(checks: @escaping @Sendable () -> [Check]) {
        self.checks = checks
    }

    /// Whether the server is being stopped.
    package var isDraining: Bool { draining.load(ordering: .acquiring) }

    func beginDraining() { draining.store(true, ordering: .releasing) }

    var report: [Check] {
        [Check("server", isGood: !isDraining, detail: isDraining ? "is being stopped" : "runs")]
            + checks()
    }
}
