import CKernels
import Glibc

/// The list of a collection's parts: `vectors.manifest`, a few lines of text under a checksum.
///
/// It is replaced whole, after the files it names are on the disk: what it does not name does not
/// belong to the collection.
struct CollectionManifest: Sendable, Equatable {
    enum Kind: String, Sendable { case flat, ivfpq }

    struct Part: Sendable, Equatable {
        /// Generation that made it; its files are `<number>.vectors`, `.codes`, `.ids`.
        var number: UInt64
        var count: Int
        var hasVectors: Bool
        /// Generation of its list of deleted rows; nil where none are.
        var deletion: UInt64?
    }

    var generation: UInt64
    var kind: Kind
    var metric: VectorMetric
    var dimension: Int
    /// What a vector without one is given.
    var nextIdentifier: Int64
    /// Share of true neighbours to find, 0…1.
    var recall: Float
    var parts: [Part]

    static let fileName = "vectors.manifest"

    var text: String {
        var lines = [
            "reel-vectors 1", "generation \(generation)", "kind \(kind.rawValue)",
            "metric \(metric.name)", "dimension \(dimension)", "next-id \(nextIdentifier)",
            "recall \(recall)",
        ]
        lines += parts.map {
            "part \($0.number) \($0.count) \($0.hasVectors ? "vectors" : "codes-only") "
                + ($0.deletion.map { "\($0)" } ?? "-")
        }
        let body = lines.joined(separator: "\n") + "\n"
        let bytes = Array(body.utf8)
        return body + "crc32c \(reel_crc32c(0, bytes, bytes.count))\n"
    }

    init(
        generation: UInt64, kind: Kind, metric: VectorMetric, dimension: Int,
        nextIdentifier: Int64, recall: Float, parts: [Part]
    ) {
        self.generation = generation
        self.kind = kind
        self.metric = metric
        self.dimension = dimension
        self.nextIdentifier = nextIdentifier
        self.recall = recall
        self.parts = parts
    }

    init(reading text: String, path: String) throws {
        func damaged(_ problem: String) -> VectorSearchError {
            .damagedManifest(path: path, problem: problem)
        }
        var lines = text.split(separator: "\n").map(String.init)
        guard text.hasSuffix("\n"), let last = lines.popLast(), last.hasPrefix("crc32c ") else {
            throw damaged("its end is missing")
        }
        let body = Array((lines.joined(separator: "\n") + "\n").utf8)
        guard last == "crc32c \(reel_crc32c(0, body, body.count))" else {
            throw damaged("its checksum does not fit")
        }
        guard lines.first == "reel-vectors 1" else {
            throw damaged("it is in a format that this program does not know")
        }
        func value(_ key: String) throws -> String {
            guard let line = lines.first(where: { $0.hasPrefix(key + " ") }) else {
                throw damaged("its line '\(key)' is missing")
            }
            return String(line.dropFirst(key.count + 1))
        }
        guard let generation = UInt64(try value("generation")),
            let kind = Kind(rawValue: try value("kind")),
            let metric = VectorMetric(name: try value("metric")),
            let dimension = Int(try value("dimension")),
            SegmentHeader.dimensions.contains(dimension),
            let nextIdentifier = Int64(try value("next-id")),
            let recall = Float(try value("recall")), recall >= 0, recall <= 1
        else { throw damaged("one of its values makes no sense") }
        self.init(
            generation: generation, kind: kind, metric: metric, dimension: dimension,
            nextIdentifier: nextIdentifier, recall: recall, parts: [])
        for line in lines where line.hasPrefix("part ") {
            let words = line.split(separator: " ")
            guard words.count == 5, let number = UInt64(words[1]), let count = Int(words[2]),
                count >= 0, count <= SegmentHeader.rowLimit,
                words[4] == "-" || UInt64(words[4]) != nil
            else { throw damaged("the line '\(line)' makes no sense") }
            parts.append(
                Part(
                    number: number, count: count, hasVectors: words[3] == "vectors",
                    deletion: UInt64(words[4])))
        }
    }

    static func read(in folder: String) throws -> CollectionManifest {
        let path = folder + "/" + fileName
        let file: MappedBytes
        do {
            file = try MappedBytes(path: path)
        } catch VectorSearchError.cannotOpen(_, ENOENT) {
            throw VectorSearchError.noCollection(path: folder)
        }
        return try CollectionManifest(
            reading: file.text, path: path)
    }

    func write(in folder: String) throws {
        let path = folder + "/" + Self.fileName
        let file = try PlainFile(path: path)
        try file.write(text.utf8)
        try file.finish()
        try ChecksummedFileWriter.flushFolder(of: path)
    }
}

extension VectorMetric {
    /// As on the command line.
    package var name: String {
        switch self {
        case .innerProduct: "ip"
        case .cosine: "cosine"
        case .euclidean: "l2"
        }
    }

    package init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}
