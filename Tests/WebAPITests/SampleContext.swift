import Service

@testable import WebAPI

/// What routes are made of, over a library that need not exist.
enum SampleContext {
    static func make(library: String) throws -> RouteContext {
        var flags = Configuration.Flags()
        flags.indexPath = library
        let application = Application(
            configuration: try Configuration.load(flags: flags, environment: [:]))
        let roots = try MediaRoots([])
        return RouteContext(
            application: application, live: LiveLibrary(application: application),
            cases: LiveCases(application: application),
            jobs: JobQueue(application), mediaRoots: { roots },
            health: ServerHealth(checks: { [] }), metrics: ServerMetrics())
    }
}
