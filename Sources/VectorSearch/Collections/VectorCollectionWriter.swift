import Glibc

/// Makes and changes collections. One at a time: a lock in the folder dies with its process.
///
/// A change writes new files, then the list that names them; a reader sees the old or the new,
/// never something between. Files that are no longer named are removed at the end.
package final class VectorCollectionWriter {
    package let path: String
    private let lock: Int32
    private let workers: Workers

    /// - Parameter creating: makes the folder, which must not hold vectors yet.
    package init(path: String, creating: Bool = false, workers: Int) throws {
        self.path = path
        self.workers = Workers(count: workers)
        if creating {
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
                throw VectorSearchError.cannotWrite(path: path, errorNumber: errno)
            }
        }
        let manifestExists = access(path + "/" + CollectionManifest.fileName, F_OK) == 0
        if creating, manifestExists { throw VectorSearchError.collectionExists(path: path) }
        if !creating, !manifestExists { throw VectorSearchError.noCollection(path: path) }
        lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else {
            throw VectorSearchError.cannotWrite(path: path + "/lock", errorNumber: errno)
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            // `deinit` closes the descriptor: all properties are set.
            throw VectorSearchError.collectionBusy(path: path)
        }
    }

    /// Unlocks first: a child forked meanwhile may still hold the same open file.
    deinit {
        guard lock >= 0 else { return }
        _ = flock(lock, LOCK_UN)
        close(lock)
    }

    /// Choices that are left to the program where they are nil.
    package struct Options: Sendable {
        /// Nil: lists and codes from 20 000 vectors on, else flat.
        package var isApproximate: Bool?
        package var metric = VectorMetric.innerProduct
        package var lists: Int?
        package var subquantizers: Int?
        package var bits = 4
        package var seed: UInt64 = 1
        /// Share of the true neighbours to find, 0…1.
        package var recall: Float = 0.95
        /// Nil: 32 bits for flat, 16 for lists.
        package var element: VectorElement?

        package init() {}
    }

    private static let sizeForLists = 20_000

    // MARK: Building

    /// Makes the first part from all rows.
    /// - Parameter identifiers: one a row; nil for 0, 1, 2, …
    package func build(
        _ source: any VectorSource, identifiers: [Int64]? = nil, _ options: Options
    ) throws {
        let identifiers = try checked(identifiers, count: source.count, from: 0)
        try source.requireFinite(workers: workers.count)
        let isApproximate =
            (options.isApproximate ?? (source.count >= Self.sizeForLists)) && source.count > 0
        var manifest = CollectionManifest(
            generation: 1, kind: isApproximate ? .ivfpq : .flat, metric: options.metric,
            dimension: source.dimension, nextIdentifier: Self.next(after: identifiers, 0),
            recall: options.recall, parts: [])
        let base = path + "/1"
        if isApproximate {
            let prepared = Self.prepared(source, options.metric)
            var training = IVFQuantizer.Options(metric: options.metric)
            training.lists = options.lists
            training.parts = options.subquantizers
            training.bits = options.bits
            training.seed = options.seed
            let quantizer = IVFQuantizer.train(on: prepared, training, workers: workers.count)
            try writeLists(
                prepared, identifiers, quantizer, to: base,
                element: options.element ?? .float16, generation: 1
            ) { added in
                try RecallTuning(
                    index: IVFPQIndex(parts: [added]), workers: workers, seed: options.seed
                ).points()
            }
        } else {
            let writer = try VectorSegmentWriter(
                path: base + ".vectors", dimension: source.dimension,
                element: options.element ?? .float32, generation: 1, sketch: true)
            try Self.append(source, to: writer)
            try writer.finish()
            try IntegerFile.write(identifiers, to: base + ".ids")
        }
        manifest.parts = [.init(number: 1, count: source.count, hasVectors: true)]
        try manifest.write(in: path)
    }

    /// Cosines are inner products of unit vectors; lists are trained with those.
    private static func prepared(
        _ source: any VectorSource, _ metric: VectorMetric
    ) -> any VectorSource { metric == .cosine ? UnitVectors(source) : source }

    /// - Parameter points: measures how to search, on the files themselves; they are written with
    ///   the codes.
    private func writeLists(
        _ source: any VectorSource, _ identifiers: [Int64], _ quantizer: IVFQuantizer,
        to base: String, element: VectorElement, generation: UInt64,
        points: (IVFPQIndex.Part) throws -> [OperatingPoint]
    ) throws {
        let builder = IVFPQBuilder(
            quantizer: quantizer, element: element, generation: generation, workers: workers)
        let result = try builder.writeRows(of: source, to: base + ".vectors")
        try IntegerFile.write(result.order.map { identifiers[Int($0)] }, to: base + ".ids")
        try builder.writeCodes(result, points: [], to: base + ".codes")
        let found = try points(
            IVFPQIndex.Part(
                codes: IVFPQSegment(path: base + ".codes"),
                rows: VectorSegment(path: base + ".vectors")))
        if !found.isEmpty { try builder.writeCodes(result, points: found, to: base + ".codes") }
    }

    private static func append(
        _ source: any VectorSource, to writer: VectorSegmentWriter
    ) throws {
        let step = max(1, (1 << 20) / source.dimension)
        for range in Workers.ranges(of: source.count, by: step) {
            let values = [Float](unsafeUninitializedCapacity: range.count * source.dimension) {
                values, filled in
                if let start = values.baseAddress { source.copy(rows: range, to: start) }
                filled = range.count * source.dimension
            }
            try writer.append(values)
        }
    }

    // MARK: Identifiers

    private func checked(
        _ identifiers: [Int64]?, count: Int, from first: Int64
    ) throws -> [Int64] {
        guard let identifiers else { return (0..<count).map { first + Int64($0) } }
        guard identifiers.count == count else {
            throw VectorSearchError.wrongIdentifierCount(have: identifiers.count, need: count)
        }
        var seen = Set<Int64>(minimumCapacity: count)
        for identifier in identifiers where !seen.insert(identifier).inserted {
            throw VectorSearchError.duplicateIdentifier(identifier)
        }
        return identifiers
    }

    private static func next(after identifiers: [Int64], _ least: Int64) -> Int64 {
        let (next, overflow) = (identifiers.max() ?? -1).addingReportingOverflow(1)
        return overflow ? least : max(least, next)
    }

    // MARK: Adding

    /// A new part, with the centres that are there: nothing is trained.
    package func add(_ source: any VectorSource, identifiers: [Int64]? = nil) throws {
        let collection = try VectorCollection(path: path)
        var manifest = collection.manifest
        guard source.dimension == manifest.dimension else {
            throw VectorSearchError.mixedDimensions(
                first: manifest.dimension, path: source.name, dimension: source.dimension)
        }
        try source.requireFinite(workers: workers.count)
        let new = try checked(identifiers, count: source.count, from: manifest.nextIdentifier)
        let wanted = Set(new)
        for part in collection.parts {
            for row in 0..<part.identifiers.count
            where wanted.contains(part.identifiers[row]) && part.deleted?[row] != true {
                throw VectorSearchError.duplicateIdentifier(part.identifiers[row])
            }
        }
        manifest.generation += 1
        let base = "\(path)/\(manifest.generation)"
        if manifest.kind == .ivfpq {
            guard let first = collection.parts.first, let codes = first.codes, let rows = first.rows
            else { throw Self.codesOnly }
            try writeLists(
                Self.prepared(source, manifest.metric), new, codes.quantizer, to: base,
                element: rows.element, generation: manifest.generation
            ) { added in
                try collection.pointsAfterAdding(
                    added, workers: workers, seed: manifest.generation)
            }
        } else {
            let writer = try VectorSegmentWriter(
                path: base + ".vectors", dimension: source.dimension,
                element: collection.parts.first?.rows?.element ?? .float32,
                generation: manifest.generation, sketch: true)
            try Self.append(source, to: writer)
            try writer.finish()
            try IntegerFile.write(new, to: base + ".ids")
        }
        manifest.parts.append(
            .init(number: manifest.generation, count: source.count, hasVectors: true))
        manifest.nextIdentifier = Self.next(after: new, manifest.nextIdentifier)
        try manifest.write(in: path)
    }

    private static let codesOnly = VectorSearchError.notSupported(
        "The index was imported without its vectors, so nothing can be added to it. "
            + "Build it from the vectors: reel vectors build.")

    // MARK: Removing

    /// Vectors with these identifiers are found no more; `merge` gives their room back.
    /// - Returns: how many there were.
    @discardableResult
    package func remove(_ identifiers: Set<Int64>) throws -> Int {
        let collection = try VectorCollection(path: path)
        var manifest = collection.manifest
        manifest.generation += 1
        var removed = 0
        for (number, part) in collection.parts.enumerated() {
            var deleted = part.deleted ?? RowBitmap(count: part.identifiers.count)
            let before = removed
            for row in 0..<part.identifiers.count
            where !deleted[row] && identifiers.contains(part.identifiers[row]) {
                deleted[row] = true
                removed += 1
            }
            guard removed > before else { continue }
            try IntegerFile.write(
                deleted.words.map { Int64(bitPattern: $0) },
                to: "\(path)/\(manifest.parts[number].number).deleted-\(manifest.generation)")
            manifest.parts[number].deletion = manifest.generation
        }
        guard removed > 0 else { return 0 }
        try manifest.write(in: path)
        sweep(manifest)
        return removed
    }

    // MARK: Merging

    /// One part of all, without the deleted rows. Codes and vectors are copied bit by bit.
    package func merge() throws {
        let collection = try VectorCollection(path: path)
        var manifest = collection.manifest
        guard manifest.parts.count > 1 || manifest.parts.contains(where: { $0.deletion != nil })
        else { return }
        manifest.generation += 1
        let base = "\(path)/\(manifest.generation)"
        let merger = PartMerger(parts: collection.parts, generation: manifest.generation)
        let count = try merger.write(to: base)
        manifest.parts = [
            .init(
                number: manifest.generation, count: count,
                hasVectors: collection.parts.allSatisfy { $0.rows != nil })
        ]
        try manifest.write(in: path)
        sweep(manifest)
    }

    // MARK: Importing

    /// An index of FAISS: codes without vectors.
    package func importLists(_ index: FAISSIVFPQ) throws {
        _ = try checked(index.identifiers, count: index.count, from: 0)
        try IVFPQSegmentWriter(
            path: path + "/1.codes", generation: 1, quantizer: index.quantizer,
            rowStarts: index.rowStarts, meanResidual: 0, points: []
        ).write { list in
            let parts = index.quantizer.partCount
            return Array(
                index.codes[index.rowStarts[list] * parts..<index.rowStarts[list + 1] * parts])
        }
        try IntegerFile.write(index.identifiers, to: path + "/1.ids")
        try CollectionManifest(
            generation: 1, kind: .ivfpq, metric: index.quantizer.metric,
            dimension: index.quantizer.dimension,
            nextIdentifier: Self.next(after: index.identifiers, 0), recall: 1,
            parts: [.init(number: 1, count: index.count, hasVectors: false)]
        ).write(in: path)
    }

    /// Removes what the list no longer names; a reader that has it open keeps it.
    private func sweep(_ manifest: CollectionManifest) {
        guard let folder = opendir(path) else { return }
        defer { closedir(folder) }
        var named: Set<String> = [CollectionManifest.fileName, "lock"]
        for part in manifest.parts {
            for ending in ["vectors", "codes", "ids"] { named.insert("\(part.number).\(ending)") }
            if let deletion = part.deletion { named.insert("\(part.number).deleted-\(deletion)") }
        }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Only names this program gives: a number, a dot, and what the file is.
            guard !named.contains(name), let dot = name.firstIndex(of: "."),
                UInt64(name[..<dot]) != nil
            else { continue }
            let kind = name[name.index(after: dot)...]
            if ["vectors", "codes", "ids"].contains(where: { kind.hasPrefix($0) })
                || kind.hasPrefix("deleted-")
            {
                unlink("\(path)/\(name)")
            }
        }
    }
}
