/// Queries that, taken together, have nothing to do with any library: common words of all walks of
/// life put together at random, and syllables that mean nothing. Always the same ones.
struct NullQueries {
    private var random = SplitMix64(state: 0x5265_656C)

    /// Phrases of a few words, one in four of them gibberish.
    static func phrases(_ count: Int) -> [String] {
        var queries = NullQueries()
        return (0..<count).map { $0 % 4 == 3 ? queries.gibberish() : queries.phrase() }
    }

    /// Different words without order, for the keywords.
    static func words(_ count: Int, each termCount: Int) -> [String] {
        var queries = NullQueries()
        return (0..<count).map { _ in
            var words: Set<String> = []
            var query: [String] = []
            while query.count < termCount {
                let word = queries.one(of: queries.anyWord)
                if words.insert(word).inserted { query.append(word) }
            }
            return query.joined(separator: " ")
        }
    }

    private var anyWord: [String] { Self.things + Self.qualities + Self.actions }

    private mutating func one(of words: [String]) -> String {
        words[Int(random.next() % UInt64(words.count))]
    }

    private mutating func phrase() -> String {
        let (thing, other) = (one(of: Self.things), one(of: Self.things))
        let (quality, between) = (one(of: Self.qualities), one(of: Self.relations))
        let action = one(of: Self.actions)
        switch random.next() % 6 {
        case 0: return thing
        case 1: return "\(quality) \(thing)"
        case 2: return "\(thing) \(between) \(other)"
        case 3: return "how to \(action) a \(quality) \(thing)"
        case 4: return "\(quality) \(thing) \(between) a \(one(of: Self.qualities)) \(other)"
        default: return "\(thing) \(other) \(action)"
        }
    }

    private mutating func gibberish() -> String {
        let consonants = "bcdfghjklmnpqrstvwz".map(String.init)
        let vowels = "aeiou".map(String.init)
        let endings = ["", "", "n", "r", "s", "l"]
        return (0..<1 + Int(random.next() % 3)).map { _ in
            (0..<2 + Int(random.next() % 3)).map { _ in
                one(of: consonants) + one(of: vowels) + one(of: endings)
            }.joined()
        }.joined(separator: " ")
    }

    private static let things = words(
        """
        tree river mountain house street bridge window door table chair lamp book paper letter
        phone camera computer engine wheel road train plane ship horse cow sheep cat bird fish
        snake spider flower grass leaf fruit bread cheese soup coffee sugar salt knife spoon plate
        bottle shirt hat shoe coat ring watch money bank shop market school office hospital church
        castle tower garden forest desert island beach lake storm cloud rain snow fire smoke stone
        gold iron glass wood cotton leather doctor lawyer teacher farmer soldier king queen child
        baby brother sister crowd dancer singer painter player judge pilot sailor nurse battle
        election law tax price war peace religion science physics chemistry history language music
        violin drum opera theatre film poem dream memory fear joy anger illness medicine muscle
        bone blood brain heart virus cell planet star moon rocket robot software network database
        password battery cable signal pump valve hammer rope ladder fence football tennis chess
        race medal holiday wedding funeral birthday contract debt insurance factory harvest recipe
        oven garlic pepper wine beer cake chocolate dentist surgery pyramid temple museum statue
        dinosaur elephant tiger whale bee ant mushroom coral volcano glacier earthquake tide
        compass map border passport visa airport hotel luggage ticket queue
        """)
    private static let qualities = words(
        """
        red green blue yellow black white old new small huge broken wet dry cold hot bright dark
        quiet loud fast slow ancient modern cheap expensive wooden golden empty crowded sleeping
        running flying burning hidden famous strange gentle angry happy tired northern royal
        digital medical legal wild frozen
        """)
    private static let actions = words(
        """
        repair build sell buy clean paint cook grow measure teach learn write read carry lift
        throw catch hunt feed ride drive climb swim sing dance explain calculate compare protect
        remove install
        """)
    private static let relations = words(
        "in on under behind near with without for against between above")

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
