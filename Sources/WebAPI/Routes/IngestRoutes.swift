internal import Corpus
internal import Service

/// `POST /v1/ingest`: taking files in, from below the folders that were allowed.
enum IngestRoutes {
    static func routes(_ context: RouteContext) -> [Route] {
        routes(context.jobs, mediaRoots: context.mediaRoots)
    }

    static func routes(
        _ jobs: JobQueue, mediaRoots: @escaping @Sendable () -> MediaRoots
    ) -> [Route] {
        [
            Route(.post, "/v1/ingest") { request in
                let wanted = try indexRequest(request.body, mediaRoots())
                let job = try JobRoutes.translating { () throws(JobQueue.Refusal) in
                    try jobs.submit(wanted)
                }
                return try .json(
                    JobDocument(job), status: 202,
                    headers: [("Location", "/v1/jobs/\(job.id)")])
            }
        ]
    }

    /// Paths of one request, …
    private static let pathLimit = 100
    /// … and bytes of a path: the system's own limit.
    private static let pathBytes = 4096

    private enum Frames: String, CaseIterable { case fast, thorough }
    private enum Transcription: String, CaseIterable { case auto, off }

    static func indexRequest(_ body: [UInt8], _ mediaRoots: MediaRoots) throws -> IndexRequest {
        let members = try JSONNode(parsing: body).members(
            ["paths", "frames", "transcribe", "rebuild", "retry"])
        let list = try members["paths"]?.elements(atMost: pathLimit) ?? []
        guard !list.isEmpty else {
            throw InputError(.invalid, "/paths", "A list of paths to take in is expected.")
        }
        let frames = try members["frames"]?.choice(of: Frames.self)
        let transcription = try members["transcribe"]?.choice(of: Transcription.self)
        let rebuilds = try members["rebuild"]?.bool() ?? false
        let retries = try members["retry"]?.bool() ?? false
        let paths = try list.map { ($0.pointer, try $0.text(atMost: pathBytes)) }
        var wanted = IndexRequest(
            paths: try paths.map { try resolved($1, pointer: $0, mediaRoots) })
        if frames == .thorough { wanted.keyFrames = .thorough }
        if transcription == .off { wanted.recognizer = .off }
        // Of these files alone: nobody throws a whole library away from afar.
        wanted.readsUnchanged = rebuilds
        wanted.retriesFailures = retries
        return wanted
    }

    private static func resolved(
        _ path: String, pointer: String, _ mediaRoots: MediaRoots
    ) throws(Problem) -> String {
        do {
            return try mediaRoots.resolve(path)
        } catch {
            var problem = ErrorTable.problem(of: error)
            // A path that is not there is the request's, not the address's.
            if error.cause == .noInput {
                problem = Problem(422, "Request not possible", error.description)
            }
            problem.errors = [Problem.Item(pointer, error.description)]
            throw problem
        }
    }
}
