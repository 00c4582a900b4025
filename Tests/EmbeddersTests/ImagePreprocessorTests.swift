import Checkpoints
import Embedders
import Foundation
import JSONText
import Tensors
import TestSupport
import Testing

@Suite("Pictures are prepared as by CLIP's and SigLIP's image processors")
struct ImagePreprocessorTests {
    @Test(
        "every value is the same, for each way of resizing and cropping",
        arguments: ["clip", "integer sizes", "too small", "exact size", "bilinear"])
    func processor(name: String) throws {
        try check(
            name, of: EmbedderGoldens().root["processors"], modelType: "clip",
            standardMean: [0.48145466, 0.4578275, 0.40821073],
            standardDeviation: [0.26862954, 0.26130258, 0.27577711])
    }

    @Test(
        "SigLIP's settings cut nothing out, and are assumed where the file is silent",
        arguments: ["siglip", "siglip2", "siglip silent"])
    func sigLIP(name: String) throws {
        let file = EmbedderGoldens.folder.appending(path: "pipelines.json")
        let root = try Data(contentsOf: file).withUnsafeBytes { try JSONValue(parsing: $0) }
        try check(
            name, of: root["processors"], modelType: "siglip",
            standardMean: [0.5, 0.5, 0.5], standardDeviation: [0.5, 0.5, 0.5])
    }

    private func check(
        _ name: String, of processors: JSONValue?, modelType: String, standardMean: [Double],
        standardDeviation: [Double]
    ) throws {
        let goldens = try EmbedderGoldens()
        let golden = try #require(processors?.array?.first { $0["name"]?.string == name })
        let settings = try #require(golden["settings"])
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(#"{"model_type":"\#(modelType)"}"#.utf8).write(
            to: folder.appending(path: "config.json"))
        try Data(text(settings).utf8).write(
            to: folder.appending(path: "preprocessor_config.json"))

        let preprocessor = try ImagePreprocessor(ModelDirectory(path: folder.path), imageSize: 14)
        let found = preprocessor.process(goldens.pictures)

        let exact = golden["values"]?.floats ?? []
        let difference = largestDifference(Array(found[3] + found[9]), exact)
        #expect(difference <= 1e-6)

        // The bytes before normalisation tell whether any pixel of any picture differs.
        let mean = settings["image_mean"]?.array?.compactMap(\.number) ?? standardMean
        let deviation =
            settings["image_std"]?.array?.compactMap(\.number) ?? standardDeviation
        let bytes = found.elements.enumerated().map { index, value in
            let channel = index / (14 * 14) % 3
            return UInt8(((Double(value) * deviation[channel] + mean[channel]) * 255).rounded())
        }
        let expected = golden["bytes"]?.bytes ?? []
        #expect(bytes.count == expected.count)
        let differing = zip(bytes, expected).enumerated().filter { $1.0 != $1.1 }
        let pictures = Set(differing.map { $0.offset / (3 * 14 * 14) })
        #expect(differing.isEmpty, "in the pictures \(pictures)")
        print("\(name): largest difference \(difference), no byte differs")
    }

    private func text(_ value: JSONValue) -> String {
        switch value {
        case .object(let members):
            "{" + members.map { "\"\($0)\":" + text($1) }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(text).joined(separator: ",") + "]"
        case .string(let string): "\"\(string)\""
        case .number(let number): number.integer.map(String.init) ?? String(number.value)
        case .bool(let flag): String(flag)
        case .null: "null"
        }
    }
}
