import Service
import Testing

@testable import WebAPI

@Suite struct ErrorTableTests {
    private static let statuses: [(cause: Failure.Cause, status: Int)] = [
        (.badRequest, 422), (.noInput, 404), (.noPermission, 403), (.busy, 503),
        (.interrupted, 503), (.badData, 500), (.badConfiguration, 500), (.cannotCreate, 500),
        (.inputOutput, 500), (.defect, 500), (.unavailable, 502),
    ]

    @Test func everyCauseHasItsStatus() {
        #expect(Set(Self.statuses.map(\.cause)) == Set(Failure.Cause.allCases))
        for (cause, status) in Self.statuses {
            let problem = ErrorTable.problem(of: Failure(cause, "A sentence."))
            #expect(problem.status == status)
            #expect(problem.detail == "A sentence.")
            #expect((problem.headers["Retry-After"] != nil) == (status == 503))
        }
    }

    @Test func aProblemIsTheWholeDocument() {
        var problem = Problem(422, "Wrong value", "A value cannot be used.")
        #expect(
            String(decoding: problem.json, as: UTF8.self)
                == #"{"detail":"A value cannot be used.","status":422,"title":"Wrong value","#
                + #""type":"about:blank"}"#)
        problem.errors = [Problem.Item("/top", "top is from 1 to 100.")]
        #expect(
            String(decoding: problem.json, as: UTF8.self)
                == #"{"detail":"A value cannot be used.","errors":[{"detail":"top is from 1 to 100.","#
                + #""pointer":"/top"}],"status":422,"title":"Wrong value","type":"about:blank"}"#)
    }
}
