internal import Glibc
internal import SQLite

/// What answering needs of a library of cases besides its rows: the text index, the vectors and the
/// classifier, read into memory once. Any number of threads may share it.
package struct CaseModels: Sendable {
    /// Of the library when this was read.
    package let stamp: CaseLibrary.Stamp
    let index: CaseTextIndex
    /// Nil without vectors, or without the encoder that made them.
    let meaning: (index: MeaningIndex, encoder: any FactEncoder)?
    /// Nil when none was trained.
    package let classifier: (any ChargeClassifier)?
    /// How the classifier works, and what it lacks.
    package let method: Method?

    package enum Method: Sendable, Equatable {
        case linear
        /// The linear classifier and a head on this encoder's embeddings.
        case mixed(encoder: String)
        /// As `mixed` when it was trained; the encoder is not there, so the linear one is alone.
        case linearWithout(encoder: String)
        /// A network of the user's, in place of the library's classifier.
        case checkpoint
    }

    /// - Parameters:
    ///   - classifies: reads the classifier.
    ///   - searches: reads the text index and the vectors.
    ///   - encoder: opens the encoder of that name; nil when it is not installed.
    package init(
        of library: CaseLibrary, classifies: Bool = true, searches: Bool = true,
        encoder open: (_ name: String) throws -> (any FactEncoder)?
    ) throws {
        stamp = try library.stamp()
        index = searches ? try library.textIndex() : CaseTextIndex(segments: [])
        let linear = classifies && stamp.hasClassifier ? try library.classifier() : nil
        let made = try library.encoder()
        let head = linear?.description.head.flatMap { $0.isUsed ? $0 : nil }
        let name = head?.encoder ?? (searches ? made?.name : nil)
        let encoder = try name.flatMap(open).map(RememberingEncoder.init)
        if searches, let encoder, encoder.fingerprint == made?.fingerprint,
            let vectors = try MeaningIndex(library.paths)
        {
            meaning = (vectors, encoder)
        } else {
            meaning = nil
        }
        guard let linear, let head else {
            classifier = linear
            method = linear.map { _ in .linear }
            return
        }
        if let encoder, let mixed = try MixedChargeClassifier(linear, encoder: encoder) {
            classifier = mixed
            method = .mixed(encoder: head.encoder)
        } else {
            classifier = linear
            method = .linearWithout(encoder: head.encoder)
        }
    }
}

extension CaseLibrary {
    /// Changes when there are other cases, vectors or another classifier.
    package struct Stamp: Sendable, Equatable {
        var identity: String
        var segments: [String]
        var embeddedCase: Int64
        var encoder: String?
        /// Inode, size, seconds and nanoseconds of the classifier's file; nil without one.
        var classifier: [Int]?

        package var hasClassifier: Bool { classifier != nil }
    }

    package func stamp() throws -> Stamp {
        let segments = try connection.statement(
            "SELECT file, cases FROM text_segments ORDER BY number"
        ).rows { "\($0.text(0)) \($0.int(1))" }
        let (embedded, encoder) =
            try connection.statement("SELECT embedded_case, encoder_fingerprint FROM library")
            .first { ($0.int(0), $0.optionalText(1)) } ?? (0, nil)
        var status = stat()
        let isThere = stat(paths.classifier, &status) == 0
        return Stamp(
            identity: identity, segments: segments, embeddedCase: embedded, encoder: encoder,
            classifier: isThere
                ? [
                    Int(bitPattern: UInt(status.st_ino)), Int(status.st_size),
                    status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                ] : nil)
    }
}
