/// Which special tokens stand around a text, and around two beside each other.
struct PostProcessor: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case first(segment: Int)
        case second(segment: Int)
        case special(ids: [Int], tokens: [String], segment: Int)

        var specialCount: Int {
            guard case .special(let ids, _, _) = self else { return 0 }
            return ids.count
        }
    }

    var single: [Piece]
    var pair: [Piece]

    /// Nothing is added; the second text is a segment of its own.
    static let none = PostProcessor(
        single: [.first(segment: 0)], pair: [.first(segment: 0), .second(segment: 1)])

    struct Special: Sendable, Equatable {
        var token: String
        var id: Int

        func piece(segment: Int) -> Piece {
            .special(ids: [id], tokens: [token], segment: segment)
        }
    }

    /// `[CLS] first [SEP] second [SEP]` (Devlin et al. 2018).
    static func bert(start: Special, end: Special) -> PostProcessor {
        let single = [start.piece(segment: 0), .first(segment: 0), end.piece(segment: 0)]
        return PostProcessor(
            single: single, pair: single + [.second(segment: 1), end.piece(segment: 1)])
    }

    /// `<s> first </s></s> second </s>`, all of one segment (Liu et al. 2019).
    static func roberta(start: Special, end: Special) -> PostProcessor {
        let end = end.piece(segment: 0)
        let single = [start.piece(segment: 0), .first(segment: 0), end]
        return PostProcessor(single: single, pair: single + [end, .second(segment: 0), end])
    }

    var singleCount: Int { single.reduce(0) { $0 + $1.specialCount } }
    var pairCount: Int { pair.reduce(0) { $0 + $1.specialCount } }

    /// The special tokens that open and close a single text, where they do.
    var startID: Int? {
        guard case .special(let ids, _, _) = single.first else { return nil }
        return ids.first
    }
    var endID: Int? {
        guard case .special(let ids, _, _) = single.last else { return nil }
        return ids.last
    }
}
