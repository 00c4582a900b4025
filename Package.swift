// swift-tools-version: 6.2
import PackageDescription

// The modules stand on floors: each may import only modules on lower floors.
// A wrong arrow stops the build when this manifest is read; scripts/check-imports
// then compares the imports in the sources with the arrows drawn here.

struct Module {
    var name: String
    var floor: Int
    var uses: [String] = []
    var isC = false
    /// Debian library behind a module map: name of the .pc file, or link lines in the map itself.
    var systemLibrary: (pkgConfig: String?, package: String)?
    var linkedLibraries: [String] = []
    /// Folder of files that the C code embeds: not sources themselves.
    var embeds: String?
    /// Folder of a library's headers that the C code includes, where compilers do not look.
    var headers: String?
}

let modules: [Module] = [
    // Below all: loads a C library when it is first needed.
    Module(name: "COnDemand", floor: -1, isC: true),
    // 0: Debian's C libraries, one module map each, or stubs of what is called of those that are
    // loaded on demand; and our own inner loops.
    Module(name: "CFFmpeg", floor: 0, uses: ["COnDemand"], isC: true),
    Module(name: "CTesseract", floor: 0, uses: ["COnDemand"], isC: true),
    Module(
        name: "CPocketSphinx", floor: 0, uses: ["COnDemand"], isC: true,
        headers: "/usr/include/pocketsphinx"),
    Module(name: "CCurl", floor: 0, uses: ["COnDemand"], isC: true),
    Module(name: "CSQLite", floor: 0, systemLibrary: ("sqlite3", "libsqlite3-dev")),
    Module(name: "COpenBLAS", floor: 0, systemLibrary: ("openblas", "libopenblas-dev")),
    Module(name: "CStemmer", floor: 0, systemLibrary: (nil, "libstemmer-dev")),
    Module(name: "CEvent", floor: 0, systemLibrary: (nil, "libevent-dev")),
    Module(name: "CZlib", floor: 0, systemLibrary: ("zlib", "zlib1g-dev")),
    Module(name: "CLinear", floor: 0, systemLibrary: (nil, "liblinear-dev")),
    Module(name: "CICU", floor: 0, isC: true, linkedLibraries: ["icuuc", "icui18n"]),
    Module(name: "CKernels", floor: 0, isC: true),
    Module(name: "CSandbox", floor: 0, isC: true),
    Module(name: "CPage", floor: 0, isC: true, embeds: "assets"),
    // 1: nouns, arrays, words, rows, requests.
    Module(name: "Corpus", floor: 1, uses: ["CKernels"]),
    Module(name: "JSONText", floor: 1),
    Module(name: "Tensors", floor: 1, uses: ["COpenBLAS", "CKernels"]),
    Module(name: "UnicodeText", floor: 1, uses: ["CICU"]),
    Module(name: "SQLite", floor: 1, uses: ["CSQLite"]),
    Module(name: "HTTPTransfer", floor: 1, uses: ["CCurl"]),
    // 2: files of others, and the two kinds of search.
    Module(name: "Tokenizers", floor: 2, uses: ["JSONText", "UnicodeText"]),
    Module(name: "Checkpoints", floor: 2, uses: ["CKernels", "JSONText", "Tensors"]),
    Module(
        name: "MediaDecoding", floor: 2,
        uses: ["CFFmpeg", "CKernels", "Corpus", "JSONText", "UnicodeText"]),
    Module(name: "VectorSearch", floor: 2, uses: ["CKernels"]),
    Module(
        name: "TextSearch", floor: 2,
        uses: ["CKernels", "CStemmer", "Corpus", "SQLite", "UnicodeText"]),
    Module(name: "Evaluation", floor: 2),
    // 3: networks, and where their weights come from.
    Module(name: "Transformers", floor: 3, uses: ["Checkpoints", "Tensors"]),
    Module(
        name: "ModelHub", floor: 3, uses: ["Checkpoints", "CKernels", "HTTPTransfer", "JSONText"]),
    // 4: what the networks are for, and the library on disk.
    Module(
        name: "Embedders", floor: 4,
        uses: [
            "Checkpoints", "CKernels", "Corpus", "JSONText", "Tensors", "Tokenizers",
            "Transformers",
        ]),
    Module(
        name: "Speech", floor: 4,
        uses: ["Checkpoints", "CKernels", "Corpus", "CPocketSphinx", "Tensors"]),
    Module(name: "ScreenText", floor: 4, uses: ["CKernels", "Corpus", "CTesseract"]),
    Module(
        name: "Storage", floor: 4,
        uses: ["Corpus", "SQLite", "TextSearch", "UnicodeText", "VectorSearch"]),
    // Who answers a prompt, wherever it runs.
    Module(name: "LanguageModels", floor: 4, uses: ["Corpus", "HTTPTransfer"]),
    // 5: untrusted media, decoded in a process of its own.
    Module(
        name: "IsolatedDecoding", floor: 5,
        uses: ["Corpus", "CSandbox", "MediaDecoding", "ScreenText"]),
    // 6: into the library, out of the library. Neither knows the other.
    Module(
        name: "Ingest", floor: 6,
        uses: [
            "Corpus", "Embedders", "IsolatedDecoding", "MediaDecoding", "ScreenText", "Speech",
            "Storage", "Tensors",
        ]),
    Module(
        name: "Retrieval", floor: 6,
        uses: ["Corpus", "Embedders", "Storage", "Tensors", "TextSearch"]),
    // 7: the law's own flow: classify, search within the class, predict.
    Module(
        name: "LegalCases", floor: 7,
        uses: [
            "CKernels", "CLinear", "Corpus", "CZlib", "Embedders", "JSONText", "LanguageModels",
            "SQLite", "Storage", "Tensors", "UnicodeText", "VectorSearch",
        ]),
    // 7: what is made of what was found.
    Module(
        name: "Answering", floor: 7,
        uses: [
            "Corpus", "Embedders", "LanguageModels", "Storage", "Tensors", "TextSearch",
            "UnicodeText",
        ]),
    // 8: configuration, assembly, use cases.
    Module(
        name: "Service", floor: 8,
        uses: [
            "Answering", "Checkpoints", "Corpus", "Embedders", "Evaluation", "HTTPTransfer",
            "Ingest",
            "IsolatedDecoding", "JSONText", "LegalCases",
            "LanguageModels", "MediaDecoding", "ModelHub", "Retrieval", "ScreenText", "Speech",
            "SQLite",
            "Storage", "Tensors", "TextSearch", "Tokenizers", "Transformers",
            "UnicodeText", "VectorSearch",
        ]),
    // 9: the same over HTTP.
    Module(name: "WebAPI", floor: 9, uses: ["CEvent", "CPage", "Corpus", "Service"]),
    // 10: the command line.
    Module(name: "Commands", floor: 10, uses: ["Corpus", "Service", "WebAPI"]),
]

let floors = Dictionary(uniqueKeysWithValues: modules.map { ($0.name, $0.floor) })
for module in modules {
    for used in module.uses {
        guard let lower = floors[used] else { fatalError("\(module.name) uses unknown \(used)") }
        guard lower < module.floor else {
            fatalError(
                "\(module.name) (floor \(module.floor)) may not use \(used) (floor \(lower))")
        }
    }
}

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func target(for module: Module) -> Target {
    if let library = module.systemLibrary {
        return .systemLibrary(
            name: module.name, pkgConfig: library.pkgConfig, providers: [.apt([library.package])])
    }
    let dependencies = module.uses.map { Target.Dependency.byName(name: $0) }
    guard module.isC else {
        return .target(name: module.name, dependencies: dependencies, swiftSettings: swiftSettings)
    }
    return .target(
        name: module.name, dependencies: dependencies, exclude: module.embeds.map { [$0] } ?? [],
        // Inner loops are optimised in debug builds too: tests run real models.
        cSettings: [
            .unsafeFlags(
                ["-O3", "-Wall", "-Wextra", "-Werror"]
                    // #embed is of C23, and known to the compiler before.
                    + (module.embeds == nil ? [] : ["-Wno-c23-extensions"])
                    + (module.headers.map { ["-isystem", $0] } ?? []))
        ],
        linkerSettings: module.linkedLibraries.map { .linkedLibrary($0) })
}

/// One test target a module, file for file; the end-to-end tests drive the built binary.
func tests(_ name: String, uses: [String], excluding: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: (uses + ["TestSupport"]).map { .byName(name: $0) },
        exclude: excluding,
        resources: [.copy("Goldens")].filter { _ in goldenTests.contains(name) },
        swiftSettings: swiftSettings)
}
/// Test targets with a Goldens folder of small numbers made by the reference implementation.
let goldenTests: Set<String> = [
    "CheckpointsTests",
    "EmbeddersTests", "EvaluationTests", "LegalCasesTests", "SpeechTests", "TokenizersTests",
    "TransformersTests",
    "VectorSearchTests",
]

let package = Package(
    name: "reel",
    products: [.executable(name: "reel", targets: ["reel"])],
    dependencies: [],
    targets: modules.map(target(for:)) + [
        .executableTarget(name: "reel", dependencies: ["Commands"], swiftSettings: swiftSettings),
        // Measures a search in process; no part of the program.
        .executableTarget(
            name: "SearchBenchmark",
            dependencies: [
                "Checkpoints", "Corpus", "Embedders", "Retrieval", "Storage", "Tensors",
            ], path: "Benchmarks/retrieval/SearchBenchmark", swiftSettings: swiftSettings),
        // Measures what decoding in a process of its own costs; no part of the program.
        .executableTarget(
            name: "DecodingBenchmark", dependencies: ["Corpus", "IsolatedDecoding"],
            path: "Benchmarks/ingest/DecodingBenchmark", swiftSettings: swiftSettings),
        // Tries what the sandbox forbids, in C: a forked child may run nothing else.
        .target(
            name: "SandboxProbe", dependencies: ["CSandbox"], path: "Tests/SandboxProbe",
            cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        // Times the networks alone, beside other runtimes; no part of the program.
        .executableTarget(
            name: "EncoderBenchmark",
            dependencies: ["Checkpoints", "Corpus", "Embedders", "Tensors"],
            path: "Benchmarks/encoders/EncoderBenchmark", swiftSettings: swiftSettings),
        // Times the tokenizers alone, beside another library; no part of the program.
        .executableTarget(
            name: "TokenizerBenchmark", dependencies: ["Tokenizers"],
            path: "Benchmarks/encoders/TokenizerBenchmark", swiftSettings: swiftSettings),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
        tests("TensorsTests", uses: ["Tensors", "CKernels"]),
        tests("JSONTextTests", uses: ["JSONText"]),
        tests("TokenizersTests", uses: ["JSONText", "Tokenizers", "UnicodeText"]),
        tests("CheckpointsTests", uses: ["CKernels", "Checkpoints", "JSONText", "Tensors"]),
        tests("TransformersTests", uses: ["Checkpoints", "JSONText", "Tensors", "Transformers"]),
        tests(
            "EmbeddersTests",
            uses: ["Checkpoints", "CKernels", "Corpus", "Embedders", "JSONText", "Tensors"]),
        tests("MediaDecodingTests", uses: ["CFFmpeg", "CKernels", "Corpus", "MediaDecoding"]),
        tests("CorpusTests", uses: ["Corpus"]),
        tests("CSandboxTests", uses: ["CSandbox", "SandboxProbe"]),
        tests("COnDemandTests", uses: ["COnDemand"]),
        tests("SQLiteTests", uses: ["SQLite"]),
        tests("UnicodeTextTests", uses: ["UnicodeText"]),
        tests("VectorSearchTests", uses: ["CKernels", "VectorSearch"]),
        tests(
            "TextSearchTests", uses: ["CKernels", "Corpus", "SQLite", "TextSearch", "UnicodeText"]),
        tests("EvaluationTests", uses: ["Evaluation"]),
        tests("StorageTests", uses: ["Corpus", "SQLite", "Storage", "TextSearch"]),
        tests("HTTPTransferTests", uses: ["HTTPTransfer"]),
        tests("ModelHubTests", uses: ["CKernels", "HTTPTransfer", "ModelHub"]),
        tests("LanguageModelsTests", uses: ["HTTPTransfer", "LanguageModels"]),
        tests("SpeechTests", uses: ["Checkpoints", "CKernels", "Corpus", "Speech"]),
        tests("ScreenTextTests", uses: ["CKernels", "Corpus", "ScreenText"]),
        tests(
            "IsolatedDecodingTests",
            uses: ["Corpus", "IsolatedDecoding", "MediaDecoding", "ScreenText"]),
        tests(
            "IngestTests",
            uses: [
                "Checkpoints", "Corpus", "Embedders", "Ingest", "IsolatedDecoding", "ScreenText",
                "Storage", "Tensors", "TextSearch",
            ]),
        tests(
            "RetrievalTests",
            uses: ["Corpus", "Embedders", "Retrieval", "Storage", "TextSearch"]),
        tests(
            "LegalCasesTests",
            uses: [
                "CKernels", "Corpus", "JSONText", "LanguageModels", "LegalCases", "SQLite",
                "Tensors",
            ]),
        tests(
            "AnsweringTests",
            uses: ["Answering", "Corpus", "Embedders", "LanguageModels", "Storage", "TextSearch"]),
        tests(
            "ServiceTests",
            uses: [
                "Corpus", "HTTPTransfer", "IsolatedDecoding", "ModelHub", "Retrieval", "Service",
                "Storage", "TextSearch",
            ]),
        tests("WebAPITests", uses: ["Corpus", "Service", "Storage", "WebAPI"]),
        tests("CommandsTests", uses: ["Commands", "Service"]),
        // Drives the program that is built beside it.
        tests(
            "EndToEndTests",
            uses: [
                "reel", "CKernels", "Corpus", "CSandbox", "IsolatedDecoding", "MediaDecoding",
                "ScreenText",
            ]),
        // Drives it over a disk that fails: the shim is compiled by the tests themselves.
        tests(
            "FaultsTests", uses: ["Corpus", "SQLite", "Storage", "TextSearch", "reel"],
            excluding: ["Shim"]),
    ],
    cLanguageStandard: .c11
)
