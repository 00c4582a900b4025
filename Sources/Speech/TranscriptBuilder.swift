import Corpus

/// Makes passages of recognised words, and leaves out what is no language the recogniser knows.
struct TranscriptBuilder {
    /// A longer silence between words starts a new passage.
    var longestPauseSeconds = 0.8
    var longestSeconds = 15.0
    var mostWords = 40
    /// Below this, judged over some seconds of words, nothing is believed.
    ///
    /// Measured with PocketSphinx: English, also over the telephone and in some noise, .38….70;
    /// Mandarin, and English backwards, .12….35.
    var leastConfidence = 0.36
    /// Below this fit the sound is unlike what the recogniser learnt from, and the worse it fits,
    /// the surer the words must be. PocketSphinx, a frame: people's voices −36…−48; synthetic
    /// voices of all languages −52…−62.
    var goodFit = -50.0
    /// What each point of fit below that adds to the least confidence.
    var confidencePerFit = 0.02
    /// Words are judged together with their neighbours': up to so many seconds of words, …
    var judgedSeconds = 8.0
    /// … no further away than this.
    var judgedReachSeconds = 30.0

    /// - Parameter recognitions: of segments in order.
    func passages(from recognitions: [Recognition]) -> [Passage] {
        let summaries = recognitions.map(Summary.init)
        return recognitions.indices.flatMap { index -> [Passage] in
            isBelieved(index, summaries) ? passages(from: recognitions[index]) : []
        }
    }

    /// Segments whose words are believed.
    func believedCount(_ recognitions: [Recognition]) -> Int {
        let summaries = recognitions.map(Summary.init)
        return summaries.indices.count { isBelieved($0, summaries) }
    }

    /// What one segment contributes to a judgement.
    private struct Summary {
        var seconds = 0.0
        /// Confidence, and fit, times seconds.
        var confidence = 0.0
        var fit = 0.0
        var start = 0.0
        var end = 0.0

        init(_ recognition: Recognition) {
            start = recognition.words.first?.span.startSeconds ?? 0
            end = recognition.words.last?.span.endSeconds ?? 0
            for word in recognition.words {
                seconds += word.span.durationSeconds
                confidence += word.confidence * word.span.durationSeconds
            }
            fit = (recognition.fit ?? 0) * seconds
        }
    }

    /// A segment of a few words says little about its language; its neighbours know more.
    private func isBelieved(_ index: Int, _ summaries: [Summary]) -> Bool {
        let own = summaries[index]
        guard own.seconds > 0 else { return false }
        var total = own
        var (before, after) = (index - 1, index + 1)
        func distance(_ place: Int) -> Double {
            guard summaries.indices.contains(place) else { return .infinity }
            let other = summaries[place]
            return other.seconds > 0 ? max(own.start - other.end, other.start - own.end) : 0
        }
        while total.seconds < judgedSeconds {
            let isBefore = distance(before) <= distance(after)
            guard distance(isBefore ? before : after) <= judgedReachSeconds else { break }
            let other = summaries[isBefore ? before : after]
            total.seconds += other.seconds
            total.confidence += other.confidence
            total.fit += other.fit
            if isBefore { before -= 1 } else { after += 1 }
        }
        let shortfall = max(0, goodFit - total.fit / total.seconds)
        return total.confidence / total.seconds >= leastConfidence + confidencePerFit * shortfall
    }

    /// A segment's words, cut at pauses and where they grow too long.
    private func passages(from recognition: Recognition) -> [Passage] {
        var groups: [[RecognizedWord]] = []
        for word in recognition.words {
            if let group = groups.last, let first = group.first, let last = group.last,
                word.span.startSeconds - last.span.endSeconds <= longestPauseSeconds,
                word.span.endSeconds - first.span.startSeconds <= longestSeconds,
                group.count < mostWords
            {
                groups[groups.count - 1].append(word)
            } else {
                groups.append([word])
            }
        }
        return groups.compactMap { words in
            guard let first = words.first, let last = words.last else { return nil }
            let seconds = words.reduce(0) { $0 + $1.span.durationSeconds }
            let confidence = words.reduce(0) { $0 + $1.confidence * $1.span.durationSeconds }
            return Passage(
                text: words.map(\.text).joined(separator: " "), source: .transcript,
                span: TimeSpan(
                    startSeconds: first.span.startSeconds, endSeconds: last.span.endSeconds),
                language: recognition.language,
                confidence: seconds > 0 ? confidence / seconds : 0)
        }
    }
}
