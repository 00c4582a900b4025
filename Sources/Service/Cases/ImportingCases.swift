internal import LegalCases

/// What `reel cases import` is told.
package struct CaseImportRequest: Sendable {
    package enum Encoding: String, Sendable, CaseIterable {
        case utf8 = "utf-8"
        case gb18030
    }

    /// Files of CAIL2018 lines, plain or .gz.
    package var files: [String]
    /// Nil to find out for each file.
    package var encoding: Encoding?
    /// Name or path of the text encoder that facts are embedded with; nil to leave meaning out.
    package var encoder: String?

    package init(files: [String]) { self.files = files }
}

/// What became of the lines.
package struct CaseImportReport: Encodable, Sendable, Equatable {
    package struct Fault: Encodable, Sendable, Equatable {
        package var file: String
        /// From 1.
        package var line: Int
        package var reason: String
    }

    package let schemaVersion = 1
    package var files: Int
    package var lines: Int
    package var added: Int
    /// Facts that were there already.
    package var known: Int
    package var bad: Int
    /// The first hundred bad lines.
    package var faults: [Fault]
    /// Cases in the library now.
    package var cases: Int
    package var charges: Int
    /// What the library's vectors are made with; nil when facts are searched by words alone.
    package var encoder: String?
    package var wasCancelled: Bool

    enum CodingKeys: String, CodingKey {
        case files, lines, added, known, bad, faults, cases, charges, encoder
        case schemaVersion = "schema_version"
        case wasCancelled = "cancelled"
    }
}

extension Application {
    /// Brings files of decided cases into the library. A file that cannot be read stops the run;
    /// what was committed before it stays.
    package func importCases(
        _ request: CaseImportRequest,
        progress: (_ what: String, _ done: Int, _ total: Int?) -> Void, isCancelled: () -> Bool
    ) throws -> CaseImportReport {
        try Failure.translating {
            let writer = try CaseLibraryWriter(root: configuration.casesPath)
            var importer = CaseImporter(into: writer)
            for file in request.files where !importer.report.wasCancelled {
                try importer.importFile(
                    at: file, encoding: request.encoding?.textEncoding,
                    progress: { progress("lines", $0, nil) }, isCancelled: isCancelled)
            }
            try writer.indexTexts(
                progress: { progress("cases indexed", $0, $1) }, isCancelled: isCancelled)
            if let encoder = try encoder(request.encoder, writer) {
                try writer.indexMeaning(
                    by: encoder, progress: { progress("cases embedded", $0, $1) },
                    isCancelled: isCancelled)
            }
            try writer.finish()
            let library = try CaseLibrary(root: configuration.casesPath)
            let report = importer.report
            return CaseImportReport(
                files: report.files, lines: report.lines, added: report.added,
                known: report.known, bad: report.bad,
                faults: report.faults.map {
                    CaseImportReport.Fault(
                        file: $0.path, line: $0.line, reason: $0.reason.description)
                },
                cases: try library.count(), charges: try library.charges().count,
                encoder: try library.encoder()?.name,
                wasCancelled: report.wasCancelled || isCancelled())
        }
    }

    /// The one that was asked for, or the one the library has vectors of already.
    private func encoder(
        _ name: String?, _ writer: CaseLibraryWriter
    ) throws -> (any FactEncoder)? {
        let known = try CaseLibrary(root: writer.paths.root).encoder()?.name
        guard let name = name ?? known else { return nil }
        return try factEncoder(named: name, at: name)
    }
}

extension CaseImportRequest.Encoding {
    fileprivate var textEncoding: TextEncoding {
        switch self {
        case .utf8: .utf8
        case .gb18030: .gb18030
        }
    }
}
