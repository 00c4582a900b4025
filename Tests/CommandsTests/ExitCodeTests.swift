import Service
import Testing

@testable import Commands

@Suite struct ExitCodeTests {
    @Test func everyCauseHasACodeThatScriptsCanTellApart() {
        let codes = Failure.Cause.allCases.map { ExitCode($0).rawValue }
        #expect(Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0 != ExitCode.success.rawValue })
    }
}
