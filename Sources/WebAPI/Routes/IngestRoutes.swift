internal import Corpus
internal import Service

/// `POST /v1/ingest`: taking files in, from below the folders that were allowed.
enum IngestRoutes {
    static func routes(_ context: RouteContext) -> [Route] {
        routes(context.jobs, mediaRoots: context.mediaRoots)
    }

    static func routes(_ jobs: JobQueue, mediaRoots: MediaRoots) -> [Route] {
        [
            Route(.post, "/v1/ingest") { request in
                let wanted = try indexRequest(request.body, mediaRoots)
                let job = try JobRoutes.translating { () throws(JobQueue.Refusal) in
                    try jobs.submit(wanted)
                }
                return try .json(
                    JobDocument(job), status: 202,
                    headers: [("Location", "/v1/jobs/\(job.id)")])
            }
        ]
    }

    /// Paths of one request.
    private static let pathLimit = 100

    static func indexRequest(_ body: [UInt8], _ mediaRoots: MediaRoots) throws -> IndexRequest {
        var fields = try JSONFields(
            body, known: ["paths", "frames", "transcribe", "rebuild", "retry"])
        let paths = fields.texts("paths", limit: pathLimit) ?? []
        let frames = fields.choice("frames", of: ["fast", "thorough"])
        let recognizer = fields.choice("transcribe", of: ["auto", "off"])
        let rebuilds = fields.boolean("rebuild")
        let retries = fields.boolean("retry")
        try fields.finish()
        var wanted = IndexRequest(
            paths: try paths.enumerated().map {
                try resolved($1, pointer: "/paths/\($0)", mediaRoots)
            })
        if frames == "thorough" { wanted.keyFrames = .thorough }
        if recognizer == "off" { wanted.recognizer = .off }
        // Of these files alone: nobody throws a whole library away from afar.
        wanted.readsUnchanged = rebuilds ?? false
        wanted.retriesFailures = retries ?? false
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
