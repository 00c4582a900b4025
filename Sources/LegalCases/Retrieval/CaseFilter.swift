/// Which cases a search may find. Every condition that is there must hold.
package struct CaseFilter: Sendable, Equatable {
    /// Any of them; empty for all.
    package var charges: [String] = []
    /// Of the criminal law; any of them.
    package var articles: [Int] = []
    /// Of imprisonment; cases with life or death are outside every range.
    package var months: ClosedRange<Int>?
    /// Of the act, as far as the fact names it.
    package var years: ClosedRange<Int>?

    package init() {}

    package var isEmpty: Bool {
        charges.isEmpty && articles.isEmpty && months == nil && years == nil
    }
}
