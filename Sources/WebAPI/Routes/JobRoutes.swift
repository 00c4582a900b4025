internal import Service

/// `/v1/jobs`: what became of what was asked for, and calling it off.
enum JobRoutes {
    static func routes(_ jobs: JobQueue) -> [Route] {
        [
            Route(.get, "/v1/jobs") { _ in try .json(JobListDocument(jobs.jobs())) },
            Route(.get, "/v1/jobs/{id}") { request in
                let id = request.parameters["id"] ?? ""
                return try .json(
                    JobDocument(
                        translating { () throws(JobQueue.Refusal) in try jobs.job(id) }))
            },
            Route(.get, "/v1/jobs/{id}/events") { try events($0, jobs) },
            Route(.post, "/v1/jobs/{id}/cancel") { try cancel($0, jobs) },
            Route(.delete, "/v1/jobs/{id}") { try cancel($0, jobs) },
        ]
    }

    private static func cancel(_ request: HTTPRequest, _ jobs: JobQueue) throws -> HTTPResponse {
        let id = request.parameters["id"] ?? ""
        return try .json(
            JobDocument(translating { () throws(JobQueue.Refusal) in try jobs.cancel(id) }))
    }

    // MARK: Following

    /// What the last event is called: a client that comes again with it has seen all.
    private static let lastID = "done"
    /// Seconds between two looks at whether the client is still there, …
    private static let lookSeconds = 1.0
    /// … and looks between two signs of life.
    private static let looksPerPing = 15

    private static func events(_ request: HTTPRequest, _ jobs: JobQueue) throws -> HTTPResponse {
        let id = request.parameters["id"] ?? ""
        _ = try translating { () throws(JobQueue.Refusal) in try jobs.job(id) }
        // The one answer that keeps a browser from asking again.
        guard request.header("last-event-id") != lastID else { return HTTPResponse(status: 204) }
        return HTTPResponse(
            headers: ServerSentEvent.headers,
            body: .stream { write in
                let follower = try jobs.follow(id)
                defer { jobs.unfollow(id, follower) }
                var looks = 0
                while true {
                    switch follower.next(waitingAtMost: lookSeconds) {
                    case .event(let event): try write(Self.event(event).bytes)
                    case .end: return
                    case .silence:
                        guard !request.isAbandoned() else { return }
                        looks += 1
                        if looks % looksPerPing == 0 { try write(ServerSentEvent.ping) }
                    }
                }
            })
    }

    private static func event(_ event: JobEvent) throws -> ServerSentEvent {
        switch event {
        case .state(let job): try ServerSentEvent("job", JobDocument(job))
        case .progress(let job): try ServerSentEvent("progress", JobProgressEvent(job))
        case .file(let file): try ServerSentEvent("file", file)
        case .done(let job): try ServerSentEvent("done", JobDocument(job), id: lastID)
        }
    }

    // MARK: Refusals

    static func translating<Result>(
        _ body: () throws(JobQueue.Refusal) -> Result
    ) throws(Problem) -> Result {
        do {
            return try body()
        } catch {
            throw problem(of: error)
        }
    }

    private static func problem(of refusal: JobQueue.Refusal) -> Problem {
        switch refusal {
        case .full:
            var problem = Problem(429, "Too many jobs", refusal.description)
            problem.headers["Retry-After"] = "30"
            return problem
        case .stopping:
            var problem = Problem(503, "Stopping", refusal.description)
            problem.headers["Retry-After"] = "5"
            return problem
        case .unknownJob: return Problem(404, "Not found", refusal.description)
        }
    }
}
