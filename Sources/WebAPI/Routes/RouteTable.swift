package import Service

/// What routes are made of: the use cases, and what the server knows of itself.
package struct RouteContext: Sendable {
    package let application: Application
    /// The library that all requests share.
    package let live: LiveLibrary
    /// The library of cases that all requests share.
    package let cases: LiveCases
    /// What was asked for over HTTP and takes long.
    package let jobs: JobQueue
    /// Where files may be taken in from; asked anew each time, since it may change.
    package let mediaRoots: @Sendable () -> MediaRoots
    package let health: ServerHealth
    package let metrics: ServerMetrics

    package init(
        application: Application, live: LiveLibrary, cases: LiveCases, jobs: JobQueue,
        mediaRoots: @escaping @Sendable () -> MediaRoots, health: ServerHealth,
        metrics: ServerMetrics
    ) {
        self.application = application
        self.live = live
        self.cases = cases
        self.jobs = jobs
        self.mediaRoots = mediaRoots
        self.health = health
        self.metrics = metrics
    }
}

/// All addresses of the server: a family of routes a file beside this one.
package enum RouteTable {
    package static func routes(_ context: RouteContext) -> [Route] {
        let own = HealthRoutes.routes(context) + PageRoutes.routes()
        let searching =
            SearchRoutes.routes(context) + EmbeddingRoutes.routes(context)
            + RerankRoutes.routes(context)
        let answering =
            AnswerRoutes.routes(context) + ChatRoutes.routes(context) + AgentRoutes.routes(context)
        let library =
            LibraryRoutes.routes(context) + AssetRoutes.routes(context)
            + MediaRoutes.routes(context.live) + IngestRoutes.routes(context)
            + JobRoutes.routes(context.jobs) + ExportRoutes.routes(context)
        return own + searching + answering + library + CasesRoutes.routes(context.cases)
    }
}
