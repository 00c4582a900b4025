internal import LegalCases

/// `GET /v1/cases`: what the library of cases holds.
package struct CaseLibraryDocument: Encodable, Sendable {
    package struct Charge: Encodable, Sendable, Equatable {
        package var charge: String
        package var cases: Int
    }

    package let schemaVersion = 1
    package var cases: Int
    /// Most cases first.
    package var charges: [Charge]
    /// Whether one was trained that tells the charges apart.
    package var hasClassifier: Bool

    enum CodingKeys: String, CodingKey {
        case cases, charges
        case schemaVersion = "schema_version"
        case hasClassifier = "has_classifier"
    }
}

extension CaseLibraryDocument {
    init(_ library: CaseLibrary) throws {
        self.init(
            cases: try library.count(),
            charges: try library.charges().map { .init(charge: $0.name, cases: $0.cases) },
            hasClassifier: try library.stamp().hasClassifier)
    }
}
