/// What each term of a query is worth in one passage.
///
/// A search finds hundreds of passages and shows ten: so the terms' names are shared, and a table by
/// name is made of those alone that are shown.
package struct TermWorths: Sendable, Equatable {
    private let names: [String]
    /// In the order of the names; no number for a term that the passage does not hold.
    private var values: [Double]

    /// Of no terms.
    package init() { self.init(of: []) }

    /// - Parameter names: of the terms, without repeats.
    init(of names: [String]) {
        self.names = names
        values = [Double](repeating: .nan, count: names.count)
    }

    mutating func add(_ worth: Double, at place: Int) {
        values[place] = values[place].isNaN ? worth : values[place] + worth
    }

    /// From the smallest up, so that it does not depend on the order of the terms.
    var sum: Double { values.filter { !$0.isNaN }.sorted().reduce(0, +) }

    package var byTerm: [String: Double] {
        var worths: [String: Double] = [:]
        for (name, value) in zip(names, values) where !value.isNaN { worths[name] = value }
        return worths
    }

    package static func == (left: TermWorths, right: TermWorths) -> Bool {
        left.byTerm == right.byTerm
    }
}
