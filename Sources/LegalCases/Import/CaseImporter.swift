/// Brings files of cases into a library.
package struct CaseImporter {
    /// What became of the lines of all files.
    package struct Report: Sendable, Equatable {
        package var files = 0
        package var lines = 0
        /// New cases.
        package var added = 0
        /// Cases whose fact was there already.
        package var known = 0
        package var bad = 0
        /// The first of the bad lines, in order.
        package var faults: [Fault] = []
        package var wasCancelled = false
    }

    package struct Fault: Sendable, Equatable {
        package var path: String
        /// From 1.
        package var line: Int
        package var reason: CaseLineFault
    }

    /// Bad lines that are told one by one; all are counted.
    package static let faultLimit = 100
    /// Cases a transaction: few enough for the memory of long facts, enough for the disk.
    private static let batch = 1000
    /// Bytes of facts a transaction.
    private static let batchBytes = 16 << 20

    private let library: CaseLibraryWriter
    package private(set) var report = Report()

    package init(into library: CaseLibraryWriter) { self.library = library }

    /// - Parameters:
    ///   - encoding: nil to find out.
    ///   - progress: lines read so far, of all files.
    package mutating func importFile(
        at path: String, encoding: TextEncoding? = nil, progress: (_ lines: Int) -> Void,
        isCancelled: () -> Bool
    ) throws {
        let decoder = try LineDecoder(
            try encoding ?? TextEncoding.detected(inFileAt: path), path: path)
        var reader = try LineReader(path: path)
        var batch: [(record: CaseRecord, elements: CaseElements)] = []
        var bytes = 0
        func isFull() -> Bool { batch.count >= Self.batch || bytes >= Self.batchBytes }
        while let line = try reader.next() {
            switch Self.record(line, decoder) {
            case .success(nil): continue
            case .success(let record?):
                batch.append((record, ElementReader.elements(of: record.fact)))
                bytes += record.fact.utf8.count
            case .failure(let reason):
                report.bad += 1
                if report.faults.count < Self.faultLimit {
                    report.faults.append(Fault(path: path, line: reader.number, reason: reason))
                }
            }
            report.lines += 1
            guard isFull() else { continue }
            try commit(&batch)
            bytes = 0
            progress(report.lines)
            guard !isCancelled() else {
                report.wasCancelled = true
                return
            }
        }
        try commit(&batch)
        report.files += 1
        progress(report.lines)
    }

    /// - Returns: nil inside for a blank line.
    fileprivate static func record(
        _ line: LineReader.Line, _ decoder: LineDecoder
    ) -> Result<CaseRecord?, CaseLineFault> {
        guard case .bytes(let bytes) = line else {
            return .failure(.tooLong(limit: LineReader.lineLimit))
        }
        guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return .success(nil) }
        guard let text = decoder.utf8(bytes) else {
            return .failure(.wrongEncoding(decoder.encoding.rawValue))
        }
        do {
            return .success(try CaseLine.record(text))
        } catch {
            return .failure(error)
        }
    }

    private mutating func commit(
        _ batch: inout [(record: CaseRecord, elements: CaseElements)]
    ) throws {
        guard !batch.isEmpty else { return }
        let added = try library.add(batch)
        report.added += added
        report.known += batch.count - added
        batch.removeAll(keepingCapacity: true)
    }
}

/// The cases of a file, one after another, for who wants to look at them and not to keep them.
package enum CaseFile {
    /// - Returns: how many lines were no cases.
    @discardableResult
    package static func forEachCase(
        inFileAt path: String, _ body: (CaseRecord) throws -> Void
    ) throws -> Int {
        let decoder = try LineDecoder(try TextEncoding.detected(inFileAt: path), path: path)
        var reader = try LineReader(path: path)
        var bad = 0
        while let line = try reader.next() {
            switch CaseImporter.record(line, decoder) {
            case .success(nil): continue
            case .success(let record?): try body(record)
            case .failure: bad += 1
            }
        }
        return bad
    }
}
