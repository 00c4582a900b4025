internal import Foundation
internal import VectorSearch

/// Vector search alone, without a library: arrays in, arrays out.
extension Application {
    /// What `reel vectors build` is told.
    package struct VectorBuildRequest: Sendable {
        package enum Kind: String, Sendable, CaseIterable { case auto, flat, ivfpq }
        package enum Metric: String, Sendable, CaseIterable { case ip, cosine, l2 }
        package enum Element: String, Sendable, CaseIterable { case fp32, fp16, int8 }

        package var input: String
        package var output: String
        package var identifiers: String?
        package var kind = Kind.auto
        package var metric = Metric.ip
        package var element: Element?
        /// Share of the true neighbours to find, 0…1.
        package var recall: Float?
        package var lists: Int?
        package var subquantizers: Int?
        package var bits: Int?
        package var seed: UInt64?

        package init(input: String, output: String) {
            self.input = input
            self.output = output
        }
    }

    package func buildVectors(_ request: VectorBuildRequest) throws -> VectorBuildDocument {
        try Failure.translating {
            let start = DispatchTime.now()
            let writer = try VectorCollectionWriter(
                path: request.output, creating: true, workers: configuration.workers)
            var options = VectorCollectionWriter.Options()
            options.isApproximate = request.kind == .auto ? nil : request.kind == .ivfpq
            options.metric = VectorMetric(name: request.metric.rawValue) ?? .innerProduct
            options.lists = request.lists
            options.subquantizers = request.subquantizers
            options.bits = request.bits ?? options.bits
            options.seed = request.seed ?? options.seed
            options.recall = request.recall ?? options.recall
            options.element = request.element.map(VectorElement.init)
            if let index = try FAISSIVFPQ(ifAt: request.input) {
                try writer.importLists(index)
            } else {
                try writer.build(
                    VectorFile(path: request.input),
                    identifiers: try identifiers(at: request.identifiers), options)
            }
            let collection = try VectorCollection(path: request.output)
            return VectorBuildDocument(collection.summary, seconds: start.secondsSince())
        }
    }

    /// What `reel vectors search` is told.
    package struct VectorSearchRequest: Sendable {
        package var index: String
        package var queries: String
        package var top = 10
        package var isExact = false
        package var recall: Float?
        package var probes: Int?
        package var shortlist: Int?
        package var workers: Int?
        package var oneByOne = false
        /// How often to search; the fastest time is told.
        package var times = 1
        /// A file of identifiers that may be found.
        package var allowed: String?
        package var output: String
        package var scores: String?

        package init(index: String, queries: String, output: String) {
            self.index = index
            self.queries = queries
            self.output = output
        }
    }

    package func searchVectors(_ request: VectorSearchRequest) throws -> VectorSearchDocument {
        try Failure.translating {
            let opening = DispatchTime.now()
            let collection = try VectorCollection(path: request.index)
            let openSeconds = opening.secondsSince()
            let queries = try VectorFile(path: request.queries)
            let allowed = try identifiers(at: request.allowed).map { Set($0) }
            let effort: VectorCollection.Effort =
                request.isExact
                ? .exact
                : request.probes.map { .lists(probes: $0, shortlist: request.shortlist) }
                    ?? .recall(request.recall)
            let (answer, seconds) = try Self.fastest(of: request.times) {
                try collection.nearest(
                    request.top, to: queries, effort: effort, allowed: allowed,
                    workers: request.workers ?? configuration.workers,
                    oneByOne: request.oneByOne)
            }
            try VectorFileWriter.write(
                answer.identifiers, columns: request.top, to: request.output)
            if let path = request.scores, request.top > 0 {
                try VectorFileWriter.write(
                    VectorArray(values: answer.scores, dimension: request.top), to: path)
            }
            return VectorSearchDocument(
                queries: queries.count, seconds: seconds,
                queriesPerSecond: seconds > 0 ? Double(queries.count) / seconds : 0,
                openSeconds: openSeconds)
        }
    }

    /// The result of the last of some calls, and the seconds of the fastest.
    private static func fastest<Result>(
        of times: Int, _ body: () throws -> Result
    ) rethrows -> (Result, Double) {
        func timed() throws -> (Result, Double) {
            let start = DispatchTime.now()
            let result = try body()
            return (result, start.secondsSince())
        }
        var found = try timed()
        for _ in 1..<max(1, times) {
            let next = try timed()
            found = (next.0, min(found.1, next.1))
        }
        return found
    }

    package func vectorInformation(_ path: String, deep: Bool) throws -> VectorBuildDocument {
        try Failure.translating {
            let collection = try VectorCollection(path: path)
            if deep { try collection.verify() }
            return VectorBuildDocument(collection.summary, seconds: nil)
        }
    }

    package func addVectors(
        to path: String, from input: String, identifiers list: String?
    ) throws -> VectorBuildDocument {
        try Failure.translating {
            let start = DispatchTime.now()
            try VectorCollectionWriter(path: path, workers: configuration.workers)
                .add(VectorFile(path: input), identifiers: try identifiers(at: list))
            return VectorBuildDocument(
                try VectorCollection(path: path).summary, seconds: start.secondsSince())
        }
    }

    /// - Returns: how many vectors there were with these identifiers.
    package func removeVectors(from path: String, identifiers list: String) throws -> Int {
        try Failure.translating {
            try VectorCollectionWriter(path: path, workers: configuration.workers)
                .remove(Set(try identifiers(at: list) ?? []))
        }
    }

    package func mergeVectors(_ path: String) throws -> VectorBuildDocument {
        try Failure.translating {
            let start = DispatchTime.now()
            try VectorCollectionWriter(path: path, workers: configuration.workers).merge()
            return VectorBuildDocument(
                try VectorCollection(path: path).summary, seconds: start.secondsSince())
        }
    }

    package func exportVectors(_ path: String, to output: String) throws {
        try Failure.translating { try VectorCollection(path: path).export(to: output) }
    }

    private func identifiers(at path: String?) throws -> [Int64]? {
        try path.map { try VectorFile(path: $0).integers() }
    }
}

extension VectorElement {
    fileprivate init(_ element: Application.VectorBuildRequest.Element) {
        switch element {
        case .fp32: self = .float32
        case .fp16: self = .float16
        case .int8: self = .int8
        }
    }
}

extension DispatchTime {
    func secondsSince() -> Double {
        Double(DispatchTime.now().uptimeNanoseconds - uptimeNanoseconds) / 1e9
    }
}
