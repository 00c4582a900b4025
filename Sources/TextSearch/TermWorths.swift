/// What each term of a query is worth in one passage.
///
/// A search finds hundreds of passages and shows ten: so one table holds the worths of all of them,
/// and another one, by name, is made of those alone that are shown.
package struct TermWorths: Sendable, Equatable {
    /// Of a search's passages.
    final class Table: Sendable {
        /// Of the terms, without repeats.
        let names: [String]
        /// Passages × names; no number for a term that the passage does not hold.
        let values: [Double]

        init(names: [String], values: [Double]) {
            self.names = names
            self.values = values
        }
    }

    /// Nil: no terms.
    private let table: Table?
    /// The passage's place in the table.
    private let place: Int

    /// Of no terms.
    package init() {
        table = nil
        place = 0
    }

    init(_ table: Table, place: Int) {
        self.table = table
        self.place = place
    }

    package var byTerm: [String: Double] {
        var worths: [String: Double] = [:]
        guard let table else { return worths }
        let first = place * table.names.count
        for (index, name) in table.names.enumerated() where !table.values[first + index].isNaN {
            worths[name] = table.values[first + index]
        }
        return worths
    }

    package static func == (left: TermWorths, right: TermWorths) -> Bool {
        left.byTerm == right.byTerm
    }
}
