internal import Service

/// What a script sees: 0, the small numbers of clig.dev, then those of sysexits.h.
enum ExitCode: Int32, Sendable {
    case success = 0
    case failure = 1
    case usage = 2
    /// The command finished, but some inputs failed.
    case someInputsFailed = 3
    case badData = 65
    case noInput = 66
    /// A service, such as a server's port, is not to be had.
    case unavailable = 69
    case internalError = 70
    case cannotCreate = 73
    case inputOutput = 74
    case busy = 75
    case noPermission = 77
    case badConfiguration = 78
    case interrupted = 130

    init(_ cause: Failure.Cause) {
        switch cause {
        case .badRequest: self = .usage
        case .badData: self = .badData
        case .noInput: self = .noInput
        case .defect: self = .internalError
        case .cannotCreate: self = .cannotCreate
        case .inputOutput: self = .inputOutput
        case .busy: self = .busy
        case .noPermission: self = .noPermission
        case .badConfiguration: self = .badConfiguration
        case .interrupted: self = .interrupted
        case .unavailable: self = .unavailable
        }
    }
}
