internal import Foundation
internal import Retrieval
internal import Storage
internal import Synchronization
internal import Tensors
internal import TextSearch

/// The library as a server holds it: models loaded once, the latest commit open, shared by all
/// threads that answer requests.
///
/// One thread of its own looks for new commits five times a second and opens what it finds; who
/// searches meanwhile goes on with the commit before, which is closed after its last search. So a
/// search never waits for a commit and never fails because of one.
package final class LiveLibrary: Sendable {
    let application: Application
    let load: Load
    /// Decodes pictures that are searched for.
    package let pictures = PictureDesk()
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    private struct State {
        var engine: Engine?
        var library: SearchedLibrary?
        /// What the files looked like when they were last looked at.
        var stamp: LibraryStamp?
        /// What they looked like before `library` was opened.
        var libraryStamp: LibraryStamp?
        /// When to try again what could not be opened; nil when there is no such thing.
        var retry: ContinuousClock.Instant?
        /// Why nothing can be searched, or why the latest commit cannot.
        var problem: Failure? = .init(.busy, "The models are being loaded. Try again in a second.")
        var isStarted = false
        var isStopped = false
    }

    /// What outlives commits.
    struct Engine: Sendable {
        let models: LoadedModels
        let embedder: QueryEmbedder
    }

    /// Milliseconds between two looks at the library's files.
    private static let interval = 200
    /// Time until what could not be opened is tried again, though no file has changed.
    private let patience: Duration
    /// Embeddings of queries to keep: two models' are 2.5 MB.
    private static let rememberedQueries = 2048

    package convenience init(application: Application) {
        self.init(application: application, patience: .seconds(5))
    }

    init(application: Application, patience: Duration) {
        self.application = application
        self.patience = patience
        load = Load(cores: application.configuration.workers)
    }

    /// Begins to load the models and to watch the library, on a thread of its own.
    /// - Parameter preparesPictures: whether a process to decode pictures is started too, before
    ///   there is a picture.
    package func start(preparingPictures preparesPictures: Bool = false) {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { return }
        let thread = Thread { [self] in
            loadModels()
            if preparesPictures {
                // Once searches are answered: starting a process takes a core for a while.
                look()
                pictures.prepare()
            }
            while !state.withLock({ $0.isStopped }) {
                look()
                _ = wake.wait(timeout: .now() + .milliseconds(Self.interval))
            }
        }
        thread.name = "library"
        // Networks are loaded here, in frames of the size they have on the main thread.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Ends the watching. What is open can still be searched.
    package func stop() {
        state.withLock { $0.isStopped = true }
        wake.signal()
    }

    /// Looks for a new commit at once instead of in a fifth of a second.
    package func lookSoon() { wake.signal() }

    // MARK: The thread that watches

    private func loadModels() {
        let engine = Result {
            let models = try LoadedModels(
                application, wanted: Application.ModelRole.allCases, looksAtPictures: true,
                reranks: true, precision: application.configuration.servingPrecision
            ).sharing(load)
            return Engine(
                models: models,
                embedder: QueryEmbedder(
                    models: models.models, remembered: Self.rememberedQueries))
        }
        state.withLock { state in
            switch engine {
            case .success(let engine):
                state.engine = engine
                state.problem = Failure(.busy, "The library is being opened. Try again.")
            case .failure(let error): state.problem = Failure(error)
            }
        }
    }

    private func look() {
        guard let engine = state.withLock({ $0.engine }) else { return }
        let root = application.configuration.indexPath
        guard let stamp = LibraryStamp(root: root) else {
            // What was open stays: its files are there until they are closed.
            state.withLock { state in
                state.problem = Failure(.busy, StorageError.noLibrary(path: root).description)
            }
            return
        }
        let (known, retry) = state.withLock { ($0.stamp, $0.retry) }
        guard stamp != known || retry.map({ $0 <= .now }) ?? false else { return }
        let opened = Result { try open(engine, root: root) }
        state.withLock { state in
            state.stamp = stamp
            switch opened {
            case .success(let library):
                state.library = library
                state.libraryStamp = stamp
                state.problem = nil
                state.retry = nil
            case .failure(let error):
                state.problem = Failure(error)
                state.retry = .now + patience
            }
        }
    }

    private func open(_ engine: Engine, root: String) throws -> SearchedLibrary {
        var sharing = Searcher.Sharing(workers: application.configuration.workers)
        sharing.load = load
        sharing.earlier = state.withLock { $0.library?.searcher }
        sharing.keepsAssets = true
        let readers = try LibraryReaders(limit: max(2, application.configuration.workers)) {
            try LibraryReader(root: root)
        }
        // The first search reads what all need of every passage; nobody should wait for that.
        _ = try readers.with { try $0.texts.search("", limit: 1) }
        return try SearchedLibrary(
            readers: readers, models: engine.models, embedder: engine.embedder, sharing: sharing)
    }

    // MARK: For those who answer requests

    /// The latest commit that could be opened.
    func current() throws(Failure) -> SearchedLibrary {
        let (library, problem) = state.withLock { ($0.library, $0.problem) }
        if let library { return library }
        throw problem ?? Failure(.busy, "The library is being opened. Try again.")
    }

    /// Refuses, with the reason, while nothing can be searched.
    package func requireReady() throws { _ = try current() }

    func engine() throws(Failure) -> Engine {
        let (engine, problem) = state.withLock { ($0.engine, $0.problem) }
        if let engine { return engine }
        throw problem ?? Failure(.busy, "The models are being loaded. Try again in a second.")
    }

    /// Reads the latest commit.
    func reading<Result>(_ body: (LibraryReader) throws -> Result) throws -> Result {
        try current().searcher.readers.with(body)
    }

    /// Reads the library as it is at this moment: through the commit that is searched where that is
    /// the latest, or else through one that is opened for this alone, which takes a millisecond.
    func readingLatest<Result>(_ body: (LibraryReader) throws -> Result) throws -> Result {
        let root = application.configuration.indexPath
        let (library, stamp) = state.withLock { ($0.library, $0.libraryStamp) }
        if let library, let stamp, LibraryStamp(root: root) == stamp {
            return try library.searcher.readers.with(body)
        }
        return try body(LibraryReader(root: root))
    }

    /// Whether requests would be answered now, and with what.
    package struct Readiness: Sendable, Equatable {
        /// Also while there is nothing to search: the first files may come over HTTP.
        package var isReady: Bool
        /// The commit that is searched; nil when none is.
        package var generation: Int64?
        /// Folder names; nil for a model that is not installed.
        package var framesModel: String?
        package var meaningModel: String?
        package var rerankModel: String?
        /// Why not, or why not the latest commit; nil when all is well.
        package var problem: String?

        /// What to say of it in a line.
        package var summary: String {
            if let generation {
                return "generation \(generation)" + (problem.map { "; \($0)" } ?? "")
            }
            return isReady ? "nothing indexed yet" : problem ?? "being opened"
        }
    }

    package var readiness: Readiness {
        let (engine, library, problem) = state.withLock { ($0.engine, $0.library, $0.problem) }
        let hasLibrary = LibraryStamp(root: application.configuration.indexPath) != nil
        return Readiness(
            isReady: library != nil || !hasLibrary, generation: library?.searcher.generation,
            framesModel: engine?.models.spaces[.frames]?.model,
            meaningModel: engine?.models.spaces[.meaning]?.model,
            rerankModel: engine?.models.models.reranker == nil
                ? nil : application.configuration.rerankModel,
            problem: problem?.description)
    }
}
