package import Service

/// What routes are made of: the use cases, and what the server knows of itself.
package struct RouteContext: Sendable {
    package let application: Application
    package let health: ServerHealth
    package let metrics: ServerMetrics

    package init(application: Application, health: ServerHealth, metrics: ServerMetrics) {
        self.application = application
        self.health = health
        self.metrics = metrics
    }
}

/// All addresses of the server: a family of routes a file beside this one.
package enum RouteTable {
    package static func routes(_ context: RouteContext) -> [Route] {
        HealthRoutes.routes(context) + PageRoutes.routes()
    }
}
