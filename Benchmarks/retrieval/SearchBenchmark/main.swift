// Latency of a search in process, warm, over an invented library with the real models:
//
//     swift run -c release SearchBenchmark [--rows 200000] [--queries 200] [--folder DIR]
//
// Prints p50 and p95 in milliseconds, of the whole and by stage, without reranking and with it.
internal import Checkpoints
internal import Corpus
internal import Embedders
internal import Foundation
internal import Retrieval
internal import Storage
internal import Tensors

func option(_ name: String, orElse standard: String) -> String {
    let arguments = CommandLine.arguments
    guard let place = arguments.firstIndex(of: "--" + name), place + 1 < arguments.count else {
        return standard
    }
    return arguments[place + 1]
}

func run() throws {
    guard let rows = Int(option("rows", orElse: "200000")), rows >= 400,
        let queryCount = Int(option("queries", orElse: "200")), queryCount > 0
    else { throw BenchmarkError(description: "--rows is 400 or more, --queries 1 or more.") }
    let workers = ProcessInfo.processInfo.activeProcessorCount
    Parallelism.configure(workers: workers)
    OpenBLAS.configure(threads: 1)
    let clip = try ModelDirectory(path: "models/reel-clip-tiny")
    let encoder = try ModelDirectory(path: "models/all-MiniLM-L6-v2")
    var models = SearchModels()
    let imageText = try ImageTextEmbedder(model: clip)
    let text = try TextEmbedder(model: encoder)
    models.imageText = imageText
    models.text = text
    models.reranker = try RerankerDirectory.open(
        option("reranker", orElse: "models/reel-reranker"),
        base: { try ModelDirectory(path: "models/" + $0) })

    let given = option("folder", orElse: "")
    let folder =
        given.isEmpty
        ? FileManager.default.temporaryDirectory.appendingPathComponent("reel-bench").path : given
    var library = try SyntheticLibrary(
        root: folder, rowCount: rows, vocabulary: encoder.path + "/vocab.txt", seed: 1)
    // A folder that was given is kept for the next time.
    if !FileManager.default.fileExists(atPath: folder + "/manifest.json") {
        let start = ContinuousClock.now
        try library.write(
            frames: VectorSpace(
                name: .frames, model: "reel-clip-tiny", fingerprint: imageText.modelFingerprint,
                dimension: imageText.dimension),
            meaning: VectorSpace(
                name: .meaning, model: "all-MiniLM-L6-v2", fingerprint: text.modelFingerprint,
                dimension: text.dimension))
        report("written", start)
        let calibrating = ContinuousClock.now
        let calibration = try Calibrator(
            library: LibraryReader(root: folder), workers: workers
        ) { channel, queries in
            channel == .frames
                ? try imageText.embed(queries) : try text.embed(queries, as: .query)
        }.measure()
        try LibraryWriter(root: folder).setCalibration(calibration)
        report("calibrated", calibrating)
    }

    let opening = ContinuousClock.now
    let searcher = try Searcher(
        library: LibraryReader(root: folder), models: models, workers: workers)
    let queries = (0..<queryCount).map { number in
        library.sentence([1, 2, 3, 5, 8][number % 5])
    }
    _ = try searcher.search(Query(QueryExpression(words: queries[0])))
    report("opened, first search", opening)

    for reranks in [false, true] {
        var milliseconds: [String: [Double]] = [:]
        for words in queries {
            var query = Query(QueryExpression(words: words))
            query.reranking = reranks ? RerankSettings() : nil
            let start = ContinuousClock.now
            let result = try searcher.search(query)
            milliseconds["total", default: []].append(
                start.duration(to: .now) / .milliseconds(1))
            for (stage, seconds) in result.secondsByStage {
                milliseconds[stage.rawValue, default: []].append(seconds * 1000)
            }
        }
        print("\(rows) frames and \(rows) passages, rerank \(reranks ? "of 20" : "off"):")
        for (stage, values) in milliseconds.sorted(by: { $0.key < $1.key }) {
            let sorted = values.sorted()
            func quantile(_ share: Double) -> String {
                String(format: "%7.2f", sorted[Int(share * Double(sorted.count - 1))])
            }
            let name = stage.padding(toLength: 10, withPad: " ", startingAt: 0)
            print("  \(name) p50 \(quantile(0.5))  p95 \(quantile(0.95)) ms")
        }
    }
    if given.isEmpty { try? FileManager.default.removeItem(atPath: folder) }
}

func report(_ what: String, _ start: ContinuousClock.Instant) {
    print("\(what): \(String(format: "%.2f", start.duration(to: .now) / .seconds(1))) s")
}

struct BenchmarkError: Error, CustomStringConvertible {
    var description: String
}

do {
    try run()
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
}
