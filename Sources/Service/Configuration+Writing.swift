internal import Corpus
internal import Foundation

extension Configuration {
    /// Puts channel weights into the project's settings file; its other keys stay.
    func writeWeights(_ weights: [Channel: Double]) throws(Failure) {
        var settings: [String: Any] = [:]
        if let bytes = FileManager.default.contents(atPath: projectFile) {
            guard let object = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any]
            else {
                throw Failure(
                    .badConfiguration, "The settings file \(projectFile) is not a JSON object.")
            }
            settings = object
        }
        settings["weights"] = Dictionary(
            uniqueKeysWithValues: weights.map { ($0.rawValue, $1) })
        do {
            let text = try JSONSerialization.data(
                withJSONObject: settings,
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
            try (text + [0x0A]).write(to: URL(fileURLWithPath: projectFile), options: .atomic)
        } catch {
            throw Failure(
                .cannotCreate, "The settings file \(projectFile) cannot be written: \(error)")
        }
    }
}
