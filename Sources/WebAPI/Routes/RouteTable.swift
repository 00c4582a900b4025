package import Service

/// What routes are made of: the use cases, and what the server knows of itself.
package struct RouteContext: Sendable {
    package let application: Application
    /// What was asked for over HTTP and takes long.
    package let jobs: JobQueue
    /// Where files may be taken in from.
    package let mediaRoots: MediaRoots
    package let health: ServerHealth
    package let metrics: ServerMetrics

    package init(
        application: Application, jobs: JobQueue, mediaRoots: MediaRoots, health: ServerHealth,
        metrics: ServerMetrics
    ) {
        self.application = application
        self.jobs = jobs
        self.mediaRoots = mediaRoots
        self.health = health
        self.metrics = metrics
    }
}

/// All addresses of the server: a family of routes a file beside this one.
package enum RouteTable {
    package static func routes(_ context: RouteContext) -> [Route] {
        HealthRoutes.routes(context) + PageRoutes.routes() + LibraryRoutes.routes(context)
            + AssetRoutes.routes(context.application) + MediaRoutes.routes(context.application)
            + IngestRoutes.routes(context) + JobRoutes.routes(context.jobs)
            + CasesRoutes.routes(context.application)
    }
}
