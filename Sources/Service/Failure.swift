/// An error as people and programs outside see it: a sentence, and a cause that maps to an exit
/// code (or, over HTTP, to a status).
package struct Failure: Error, Equatable, CustomStringConvertible, Sendable {
    package enum Cause: Sendable, Equatable, CaseIterable {
        case badRequest, badData, noInput, defect, cannotCreate, inputOutput, busy
        case noPermission, badConfiguration, interrupted
        /// Another machine or program that was asked gives no answer.
        case unavailable
    }

    package let cause: Cause
    package let description: String

    package init(_ cause: Cause, _ description: String) {
        self.cause = cause
        self.description = description
    }
}
