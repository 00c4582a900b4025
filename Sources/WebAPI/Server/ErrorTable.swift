internal import Service

/// What HTTP says of each cause of an error. Exhaustive: a new cause does not compile without its
/// row.
enum ErrorTable {
    static func problem(of error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let refusal as Refusal: refusal.problem
        case let failure as Failure: problem(of: failure)
        case let error as InputError: problem(of: error)
        case is StreamGone: Problem(503, "Interrupted", "Nobody waited for the answer any more.")
        default: Problem(500, "Error in reel", "\(error)")
        }
    }

    private static func problem(of error: InputError) -> Problem {
        var problem =
            switch error.kind {
            case .malformed: Problem(400, "Malformed request", error.detail)
            case .invalid: Problem(422, "Request not possible", error.detail)
            }
        problem.errors = [Problem.Item(error.pointer, error.detail)]
        return problem
    }

    private static func problem(of failure: Failure) -> Problem {
        let row = row(of: failure.cause)
        var problem = Problem(row.status, row.title, failure.description)
        if row.status == 503 { problem.headers["Retry-After"] = "1" }
        return problem
    }

    private static func row(of cause: Failure.Cause) -> (status: Int, title: String) {
        switch cause {
        case .badRequest: (422, "Request not possible")
        case .noInput: (404, "Not found")
        case .noPermission: (403, "Not allowed")
        case .busy: (503, "Busy")
        case .interrupted: (503, "Interrupted")
        case .unavailable: (502, "No answer from elsewhere")
        case .badData: (500, "Damaged data")
        case .badConfiguration: (500, "Wrong configuration")
        case .cannotCreate: (500, "Cannot be written")
        case .inputOutput: (500, "Disk error")
        case .defect: (500, "Error in reel")
        }
    }
}
