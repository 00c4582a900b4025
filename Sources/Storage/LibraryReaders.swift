internal import Dispatch
internal import Synchronization

/// Readers of one commit for several threads: a connection serves one at a time, so that each
/// thread is lent a reader of its own. More than the first are opened when they are wanted.
package final class LibraryReaders: Sendable {
    package let paths: LibraryPaths
    package let generation: Int64
    private let idle: Mutex<[Lendable]>
    private let permits: DispatchSemaphore
    private let makeReader: @Sendable () throws -> LibraryReader?

    /// `@unchecked Sendable`: a reader is in `idle`, where nobody uses it, or lent to one thread;
    /// `idle` is guarded by a lock, so that what one thread did comes before what the next does.
    private struct Lendable: @unchecked Sendable {
        let reader: LibraryReader
    }

    /// - Parameters:
    ///   - limit: the most readers there may be, 1 or more.
    ///   - makeReader: opens the library; the first decides which commit all of them show.
    package convenience init(
        limit: Int, makeReader: @escaping @Sendable () throws -> LibraryReader
    ) throws {
        precondition(limit >= 1, "There is a reader.")
        self.init(try makeReader(), limit: limit, makeReader: makeReader)
    }

    /// One reader that is open already, and no more.
    package convenience init(_ reader: LibraryReader) {
        self.init(reader, limit: 1) { nil }
    }

    private init(
        _ first: LibraryReader, limit: Int,
        makeReader: @escaping @Sendable () throws -> LibraryReader?
    ) {
        paths = first.paths
        generation = first.generation
        self.makeReader = makeReader
        idle = Mutex([Lendable(reader: first)])
        // Counted up from nothing: a semaphore that ends below what it began with ends the program,
        // and a permit may be given up for good (`take`).
        permits = DispatchSemaphore(value: 0)
        for _ in 0..<limit { permits.signal() }
    }

    /// Lends a reader to `body`, waiting for one where all are lent. Inside, do not ask for another.
    package func with<Result>(_ body: (LibraryReader) throws -> Result) throws -> Result {
        let lent = take()
        defer {
            idle.withLock { $0.append(lent) }
            permits.signal()
        }
        return try body(lent.reader)
    }

    private func take() -> Lendable {
        permits.wait()
        while true {
            if let lent = idle.withLock({ $0.popLast() }) { return lent }
            if let another = another() { return Lendable(reader: another) }
            // No more can be had of this commit: this permit is given up, and one that goes with
            // a reader is waited for. The first reader's never ends here.
            permits.wait()
        }
    }

    /// Another reader of the same commit; nil when the library has gone on, or cannot be opened.
    private func another() -> LibraryReader? {
        guard let reader = try? makeReader(), reader.generation == generation else { return nil }
        return reader
    }
}
