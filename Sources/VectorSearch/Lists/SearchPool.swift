import Synchronization

/// Searches that are not in use, with their memory: single queries come one after the other, and
/// making a search anew takes as long as using it.
final class SearchPool: Sendable {
    private let idle = Mutex<[IVFPQSearch]>([])

    /// Lends a search of this size to `body`. Those of another size are forgotten: callers keep
    /// to one.
    func with<Result>(
        _ quantizer: IVFQuantizer, limit: Int, wanted: Int, _ body: (IVFPQSearch) -> Result
    ) -> Result {
        let kept = idle.withLock { idle -> IVFPQSearch? in
            idle.removeAll { $0.limit != limit || $0.wanted != wanted }
            return idle.popLast()
        }
        let search = kept ?? IVFPQSearch(quantizer: quantizer, limit: limit, wanted: wanted)
        defer { idle.withLock { $0.append(search) } }
        return body(search)
    }
}
