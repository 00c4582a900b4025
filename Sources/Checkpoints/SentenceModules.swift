import JSONText

/// `modules.json` of sentence-transformers: the steps from text to vector, in order.
package struct SentenceModules: Sendable {
    package static let fileName = "modules.json"

    package struct Module: Sendable, Equatable {
        /// The class's own name: "Transformer", "Pooling", "Dense", …
        package let type: String
        /// With the step's settings and weights; empty for the model's own folder.
        package let folder: String
    }

    package let path: String
    package let modules: [Module]

    /// A pipeline has three or four steps.
    private static let mostModules = 32

    /// Nil when the model has no such file.
    package init?(_ directory: ModelDirectory) throws {
        guard directory.fileExists(Self.fileName) else { return nil }
        let path = directory.path(of: Self.fileName)
        self.path = path
        let file = try MappedFile(path: path)
        do {
            let value = try file.withBytes { try JSONValue(parsing: $0) }
            guard let list = value.array, list.count <= Self.mostModules else {
                throw CheckpointError.setting(
                    path: path, key: "the whole",
                    expected: "a list of at most \(Self.mostModules) modules",
                    found: value.array.map { "a list of \($0.count)" } ?? "no list")
            }
            modules = try list.enumerated().map { try Self.module($0.element, $0.offset, path) }
        } catch let fault as JSONError {
            throw CheckpointError.malformedJSON(path: path, fault: fault)
        }
    }

    private static func module(
        _ value: JSONValue, _ index: Int, _ path: String
    ) throws(CheckpointError) -> Module {
        guard let type = value["type"]?.string?.split(separator: ".").last else {
            throw .setting(
                path: path, key: "type of module \(index)", expected: "the name of a class",
                found: "something else")
        }
        let folder = value["path"]?.string ?? ""
        // Files of unknown origin name no place outside the model.
        let isPlain = folder.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, folder != ".", folder != ".." else {
            throw .setting(
                path: path, key: "path of module \(index)",
                expected: "the name of a folder beside it", found: "\"\(folder.prefix(80))\"")
        }
        return Module(type: String(type), folder: folder)
    }
}
