internal import Foundation
internal import Service

enum EmbedCommand: Command {
    static let name = "embed"
    static let summary = "Turn texts or pictures into vectors"
    static let operands = "--text TEXT… | --image FILE… | -"
    static let options: [CommandLineOption] = [
        .value(
            "model", "DIR",
            "A folder, a name in the models folder, or org/name[@revision] of the hub"),
        .value(
            "precision", "KIND",
            "fp32 (as Python), int16, int8, or auto: the fastest within .999 of fp32"),
        .value("text", "TEXT", "A text to embed; may be repeated"),
        .value(
            "prompt", "NAME", "Put a prompt of the model's before each text: query, passage, …"),
        .value("image", "FILE", "A picture to embed; may be repeated"),
        .value("output", "FILE", short: "o", "Write an array (.npy, .fvecs), not JSON lines"),
    ]
    static let examples: [(line: String, does: String)] = [
        (#"reel embed --model all-MiniLM-L6-v2 --text "a red car""#, "One JSON line"),
        (
            "reel embed --model reel-clip-tiny --image beach.jpg -o beach.npy",
            "A 1 × dimension array"
        ),
        ("reel embed --model all-MiniLM-L6-v2 -o lines.npy - < lines.txt", "A row a line"),
        (
            #"reel embed --model e5-small-v2 --prompt query --text "who won""#,
            "As a search embeds its query"
        ),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        guard let model = arguments.value("model") else {
            throw UsageError.missingOperand("--model DIR")
        }
        let embeddings = try embed(arguments, model: model, in: context)
        if let path = arguments.value("output") {
            try context.application.write(embeddings, to: path)
            return .success
        }
        for index in 0..<embeddings.count {
            try context.console.printJSON(
                EmbeddingDocument(index: index, embedding: embeddings.vector(index)))
        }
        return .success
    }

    private static func embed(
        _ arguments: ArgumentReader, model: String, in context: CommandContext
    ) throws -> Embeddings {
        var images = arguments.allValues("image")
        let precision = try arguments.choice("precision", of: PrecisionChoice.self)
        var texts = arguments.allValues("text")
        switch arguments.operands {
        case []: break
        case ["-"]: texts += try linesOfStandardInput()
        // Further operands go with the option before them: `--text one two`.
        case let more where images.isEmpty && !texts.isEmpty: texts += more
        case let more where texts.isEmpty && !images.isEmpty: images += more
        case let more: throw UsageError.tooManyOperands(expected: nil, extra: more[0])
        }
        guard texts.isEmpty != images.isEmpty else {
            throw UsageError.contradiction(
                texts.isEmpty
                    ? "Nothing to embed: give --text, --image, or - for lines of standard input."
                    : "Texts and pictures cannot be embedded in one call.")
        }
        let prompt = arguments.value("prompt")
        guard images.isEmpty else {
            guard prompt == nil else {
                throw UsageError.contradiction("--prompt goes before texts, not before pictures.")
            }
            return try context.application.embed(
                images: images, model: model, precision: precision)
        }
        return try context.application.embed(
            texts: texts, model: model, prompt: prompt, precision: precision)
    }

    private static func linesOfStandardInput() throws -> [String] {
        var lines: [String] = []
        while let line = readLine() { lines.append(line) }
        return lines
    }
}
