/// English words that questions are built with and that say nothing about what is sought.
///
/// They are left out of a query as long as another word remains: "where does she explain the
/// doppler effect" looks for *explain*, *doppler* and *effect*; "who is who" looks for all.
enum StopWords {
    static let english: Set<String> = Set(
        """
        a about an and any are as at be been being but by can could did do does doing done for from
        had has have having he her hers him his how i if in into is it its me my no nor not of on
        or our ours she should so some such than that the their theirs them then there these they
        this those to too us was we were what when where which while who whom whose why will with
        would you your yours don't doesn't didn't isn't it's i'm that's what's where's who's
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
