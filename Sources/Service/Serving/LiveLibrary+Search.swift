internal import Retrieval
internal import Tensors

extension LiveLibrary {
    /// Milliseconds of reading the best hits again, when a search does not say and nobody else
    /// searches.
    package static let standardRerankMilliseconds = 500.0
    /// With less time than this no hit would be read.
    private static let leastRerankMilliseconds = 30.0

    /// - Parameters:
    ///   - isCancelled: asked between the stages; then the search ends with `.interrupted`.
    ///   - onStage: given what is known after each stage but the last, as soon as it is: what the
    ///     words find, then all channels together. Stages that would add nothing are left out.
    package func search(
        _ request: SearchRequest, isCancelled: @escaping () -> Bool = { false },
        onStage: ((SearchAnswer) throws -> Void)? = nil
    ) throws -> SearchAnswer {
        let library = try current()
        // The error of whoever takes the stages is theirs, not the search's.
        var takersError: (any Error)?
        do {
            return try load.counted {
                let start = ContinuousClock.now
                var request = request
                let note = mindLoad(&request)
                func answer(_ result: SearchResult) -> SearchAnswer {
                    var answer = SearchAnswer(
                        result, to: request, of: library,
                        milliseconds: ["total": start.duration(to: .now) / .milliseconds(1)])
                    if let note { answer.notes.append(note) }
                    return answer
                }
                let stages = onStage.map { onStage in
                    { (result: SearchResult) in
                        do {
                            try onStage(answer(result))
                        } catch {
                            takersError = error
                            throw error
                        }
                    }
                }
                return try answer(
                    library.searcher.search(
                        request.parsed(), isCancelled: isCancelled, onStage: stages))
            }
        } catch {
            if let takersError { throw takersError }
            throw Failure(error)
        }
    }

    /// Reading again takes more time than all the rest: it is shortened, then left out, when many
    /// search at the same time.
    /// - Returns: what to say about it.
    private func mindLoad(_ request: inout SearchRequest) -> String? {
        guard request.reranks else { return nil }
        let wanted = request.rerankMilliseconds ?? Self.standardRerankMilliseconds
        let cores = Double(application.configuration.workers)
        let granted = wanted * min(1, cores / Double(max(1, load.count)))
        request.rerankMilliseconds = granted
        guard granted < min(wanted, Self.leastRerankMilliseconds) else { return nil }
        request.reranks = false
        return "Many are searching at this moment, so the best hits were not read again."
    }
}
