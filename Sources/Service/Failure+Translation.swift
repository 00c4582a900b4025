internal import Checkpoints
internal import Embedders
internal import Evaluation
internal import Glibc
internal import Ingest
internal import IsolatedDecoding
internal import LanguageModels
internal import LegalCases
internal import MediaDecoding
internal import ModelHub
internal import Retrieval
internal import SQLite
internal import ScreenText
internal import Storage
internal import VectorSearch

/// Gives every error of the modules below its cause, in one place.
extension Failure {
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as StorageError: self.init(error.cause, error.description)
        case let error as IngestError: self.init(.noInput, error.description)
        case let error as MediaError: self.init(error.cause, error.description)
        case let error as IsolatedDecodingError: self.init(error.cause, error.description)
        case let error as SQLiteError: self.init(error.cause, error.description)
        case let error as VectorSearchError: self.init(error.cause, error.description)
        case let error as RetrievalError: self.init(error.cause, error.description)
        case let error as ScreenTextError: self.init(error.cause, error.description)
        case let error as EmbedderError: self.init(error.cause, error.description)
        case let error as EvaluationError: self.init(error.cause, error.description)
        case let error as PromptError: self.init(.badConfiguration, error.description)
        case let error as LegalCaseError: self.init(error.cause, error.description)
        case let error as LanguageModelError: self.init(error.cause, error.description)
        case let error as ModelHubError: self.init(error.cause, error.description)
        case is CancellationError: self.init(.interrupted, "Stopped.")
        // Files of models and vectors: what they hold is not what their format says.
        default: self.init(.badData, "\(error)")
        }
    }

    static func translating<Result>(_ body: () throws -> Result) throws(Failure) -> Result {
        do {
            return try body()
        } catch {
            throw Failure(error)
        }
    }
}

extension Failure.Cause {
    /// A disk that is full or fails, or else a place where nothing may be made.
    fileprivate static func writing(errorNumber: Int32) -> Self {
        StorageError.isFull(errorNumber) || errorNumber == EIO ? .inputOutput : .cannotCreate
    }
}

extension StorageError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .noLibrary, .noSuchAsset: .noInput
        case .notALibrary, .segmentMissing, .damagedRow, .lostCommits, .damagedCatalog,
            .foreignSegment:
            .badData
        case .unknownFormat, .modelChanged: .badConfiguration
        case .locked: .busy
        case .cannotWrite(_, let number): .writing(errorNumber: number)
        case .noRoom: .inputOutput
        case .wrongRowCount: .defect
        }
    }
}

extension LegalCaseError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .cannotRead, .noLibrary, .noClassifier: .noInput
        case .damagedGzip, .notALibrary, .damagedFile, .damagedRow, .tooFewCharges,
            .tooFewCases, .badReply:
            .badData
        case .unknownFormat, .foreignClassifier, .noChargeLabels: .badConfiguration
        case .emptyFact, .factTooLong, .foreignFact, .unknownCharge: .badRequest
        case .trainingFailed: .defect
        }
    }
}

extension RetrievalError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .unreadableTime, .ambiguousAsset, .noPictureModel: .badRequest
        case .unknownAsset, .nothingToCompare: .noInput
        }
    }
}

extension VectorSearchError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .cannotOpen, .noCollection: .noInput
        case .cannotWrite(_, let number): .writing(errorNumber: number)
        case .collectionExists: .cannotCreate
        case .collectionBusy: .busy
        case .unknownFormat, .notSupported: .badRequest
        default: .badData
        }
    }
}

extension LanguageModelError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .badEndpoint, .keyUnreadable, .missingLibrary, .refusedAddress, .redirected:
            .badConfiguration
        case .requestTooLarge, .promptTooLong: .badRequest
        case .unreachable, .timedOut, .brokenOff, .replyTooLarge, .unreadableReply, .refused:
            .unavailable
        }
    }
}

extension ModelHubError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .badName: .badRequest
        case .unknownRevision, .missingSnapshot, .cannotRead, .notThere, .noSuchRevision: .noInput
        case .damagedReference, .damagedDigestList, .badListing, .noWeights, .missingFile,
            .wrongLength, .wrongDigest:
            .badData
        case .cannotWrite(_, let number): .writing(errorNumber: number)
        case .noRoom: .inputOutput
        case .locked: .busy
        case .badEndpoint, .missingLibrary, .tokenUnreadable: .badConfiguration
        case .notAllowed: .noPermission
        case .offline, .unreachable, .refusedAddress, .refusedRedirect, .refused, .brokenOff:
            .unavailable
        }
    }
}

extension ScreenTextError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .badLanguages: .badRequest
        case .missingLanguages, .missingLibrary: .badConfiguration
        case .outOfMemory, .recognitionFailed: .defect
        }
    }
}

extension EmbedderError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .unknownPrompt: .badRequest
        default: .badData
        }
    }
}

extension EvaluationError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .cannotRead: .noInput
        case .cannotWrite: .cannotCreate
        case .unknownMeasure: .badRequest
        case .damagedLine, .duplicate, .empty, .nothingToCompare, .nameWithBlanks: .badData
        }
    }
}

extension MediaError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .unreadable: .noInput
        case .missingLibrary: .badConfiguration
        case .libraryFailure: .defect
        default: .badData
        }
    }
}

extension IsolatedDecodingError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .refused(.unreadable, _): .noInput
        case .missingLibrary: .badConfiguration
        case .refused(.defect, _), .cannotStart: .defect
        default: .badData
        }
    }
}

extension SQLiteError {
    fileprivate var cause: Failure.Cause {
        switch self {
        case .busy: .busy
        case .corrupt, .constraint, .tooBig: .badData
        case .full, .inputOutput: .inputOutput
        case .readOnly, .cannotOpen: .noPermission
        case .other: .defect
        }
    }
}
