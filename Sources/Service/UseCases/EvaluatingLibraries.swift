internal import Corpus
internal import Foundation

/// Golden queries to be asked of the user's own library.
package struct LibraryEvaluationRequest: Sendable {
    /// JSON Lines.
    package var queries: String
    /// How every query is searched; its text is put in.
    package var search: SearchRequest
    /// Queries, one a line, that nothing in the library answers: how often something is found all
    /// the same is counted.
    package var unrelated: String?

    package init(queries: String, search: SearchRequest) {
        self.queries = queries
        self.search = search
    }
}

extension Application {
    /// Asks the library every golden query of a JSON Lines file.
    package func evaluate(_ request: LibraryEvaluationRequest) throws -> LibraryEvaluation {
        try Failure.translating {
            let queries = try GoldenQuery.read(request.queries)
            let session = try SearchSession(application: self, for: request.search)
            var evaluation = LibraryEvaluation(
                try session.outcomes(of: queries, as: request.search))
            if let path = request.unrelated {
                evaluation.unrelated = try session.falseAlarms(
                    of: Self.lines(of: path), as: request.search)
            }
            return evaluation
        }
    }

    private static func lines(of path: String) throws -> [String] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(.noInput, "The file of unrelated queries \(path) cannot be read.")
        }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map(String.init)
    }

    /// Keeps a report, with its outcomes, for a later comparison.
    package func save(_ evaluation: LibraryEvaluation, at path: String) throws {
        try Failure.translating {
            let line = try JSONLine.text(of: evaluation) + "\n"
            guard FileManager.default.createFile(atPath: path, contents: Data(line.utf8)) else {
                throw Failure(.cannotCreate, "The report \(path) cannot be written.")
            }
        }
    }

    /// A report that was saved with its outcomes.
    package func savedEvaluation(at path: String) throws -> LibraryEvaluation {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(.noInput, "The report \(path) cannot be read.")
        }
        guard let report = try? JSONDecoder().decode(LibraryEvaluation.self, from: bytes),
            report.outcomes != nil
        else {
            throw Failure(
                .badData,
                "\(path) is not a report with outcomes. Make one: "
                    + "reel eval library --queries FILE --output \(path)")
        }
        return report
    }
}

extension SearchSession {
    func falseAlarms(
        of queries: [String], as search: SearchRequest
    ) throws -> LibraryEvaluation.FalseAlarms {
        var request = search
        request.top = 1
        let found = try queries.filter { query in
            request.query = query
            return try !self.search(request).hits.isEmpty
        }
        return LibraryEvaluation.FalseAlarms(
            queries: queries.count, minimumConfidence: search.minimumConfidence, found: found)
    }

    func outcomes(
        of queries: [GoldenQuery], as search: SearchRequest
    ) throws -> [LibraryEvaluation.Outcome] {
        var request = search
        return try queries.map { golden in
            request.query = golden.query
            return LibraryEvaluation.Outcome(golden, hits: try self.search(request).hits)
        }
    }
}
