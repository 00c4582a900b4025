internal import Corpus
internal import Foundation

/// What agents can do with a library: look, and nothing else. Arguments are checked strictly, and
/// what recordings say comes back as quoted text.
package struct AgentTools: Sendable {
    private let library: any AgentLibrary

    package init(library: any AgentLibrary) { self.library = library }

    /// A wrong value of an argument: told to the agent, which may try again.
    private struct BadArgument: Error {
        var message: String
    }

    // MARK: What there is

    /// The tools, always in this order.
    static let list: AgentValue = [
        tool(
            "search", "Search the library",
            "Finds moments in videos, recordings and pictures by what is seen, said and meant. "
                + "Returns moments with file, time, score and the words that matched.",
            [
                "query": [
                    "type": "string", "minLength": 1, "maxLength": 2000,
                    "description": "What to look for, in plain words",
                ],
                "limit": limit(10, 50),
                "kind": [
                    "type": "string", "enum": ["video", "audio", "image", "text"],
                    "description": "Only this kind of file",
                ],
            ], required: ["query"]),
        tool(
            "answer", "Answer a question",
            "Answers a question from what the library says, each sentence with the ids of the "
                + "evidence it rests on, or says that nothing in the library answers it.",
            [
                "question": ["type": "string", "minLength": 1, "maxLength": 2000]
            ], required: ["question"]),
        tool(
            "get_transcript", "Read a transcript",
            "All that is said and written in one file, with times in seconds.",
            [
                "asset": [
                    "type": "string", "pattern": "^[0-9a-f]{16}$",
                    "description": "The file's id, as search and list_assets give it",
                ],
                "start_seconds": ["type": "number", "minimum": 0],
                "end_seconds": ["type": "number", "minimum": 0],
            ], required: ["asset"]),
        tool(
            "list_assets", "List the library's files",
            "The files in the library with their ids, kinds and lengths.",
            [
                "limit": limit(100, 1000),
                "offset": ["type": "integer", "minimum": 0, "default": 0],
            ], required: []),
    ]

    static let resourceTemplate: AgentValue = [
        "uriTemplate": "clip://{video_id}/{start}-{end}", "name": "moment",
        "title": "A moment of a file",
        "description": "What is said between two times, in seconds, of the file with this id",
        "mimeType": "application/json",
    ]

    private static func limit(_ standard: Int, _ most: Int) -> AgentValue {
        [
            "type": "integer", "minimum": 1, "maximum": .integer(most),
            "default": .integer(standard),
        ]
    }

    private static func tool(
        _ name: String, _ title: String, _ description: String, _ properties: AgentValue,
        required: [String]
    ) -> AgentValue {
        [
            "name": .text(name), "title": .text(title), "description": .text(description),
            "inputSchema": [
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "type": "object", "properties": properties,
                "required": .list(required.map(AgentValue.text)), "additionalProperties": false,
            ],
            "annotations": [
                "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true,
                "openWorldHint": false,
            ],
        ]
    }

    // MARK: Doing it

    /// - Returns: a result of `tools/call`.
    func call(
        _ parameters: [String: AgentValue], isCancelled: @escaping () -> Bool
    ) throws -> [String: AgentValue] {
        guard let name = parameters["name"]?.text else {
            throw AgentProtocol.Fault(
                code: AgentProtocol.Fault.badParameters, message: "name is missing.")
        }
        guard case .object(let given) = parameters["arguments"] ?? .object([:]) else {
            throw AgentProtocol.Fault(
                code: AgentProtocol.Fault.badParameters, message: "arguments is an object.")
        }
        let arguments = Arguments(given)
        do {
            let value: AgentValue
            switch name {
            case "search": value = try search(arguments, isCancelled: isCancelled)
            case "answer": value = try answer(arguments, isCancelled: isCancelled)
            case "get_transcript": value = try transcript(arguments)
            case "list_assets": value = try assets(arguments)
            default:
                throw AgentProtocol.Fault(
                    code: AgentProtocol.Fault.badParameters,
                    message: "There is no tool \(name.prefix(100)).")
            }
            return [
                "content": [["type": "text", "text": .text(try JSONLine.text(of: value))]],
                "structuredContent": value, "isError": false,
            ]
        } catch let error as BadArgument {
            return Self.failed(error.message)
        } catch let failure as Failure where failure.cause != .interrupted {
            return Self.failed(failure.description)
        }
    }

    private static func failed(_ message: String) -> [String: AgentValue] {
        ["content": [["type": "text", "text": .text(message)]], "isError": true]
    }

    private func search(_ arguments: Arguments, isCancelled: @escaping () -> Bool) throws
        -> AgentValue
    {
        try arguments.allow(["query", "limit", "kind"])
        var request = SearchRequest(query: try arguments.text("query"))
        // An agent's words are words: it is not taught our operators.
        request.isLiteral = true
        request.top = try arguments.integer("limit", in: 1...50) ?? request.top
        if let name = try arguments.optionalText("kind") {
            guard let kind = AssetKind(rawValue: name) else {
                throw BadArgument(message: "kind is one of video, audio, image, text.")
            }
            request.filter.kinds = [kind]
        }
        return try AgentValue(SearchDocument(library.search(request, isCancelled: isCancelled)))
    }

    private func answer(_ arguments: Arguments, isCancelled: @escaping () -> Bool) throws
        -> AgentValue
    {
        try arguments.allow(["question"])
        let request = AnswerRequest(question: try arguments.text("question"))
        return try AgentValue(AnswerDocument(library.ask(request, isCancelled: isCancelled)))
    }

    private func transcript(_ arguments: Arguments) throws -> AgentValue {
        try arguments.allow(["asset", "start_seconds", "end_seconds"])
        let timeline = try timeline(of: try arguments.text("asset"))
        let start = try arguments.seconds("start_seconds") ?? 0
        let end = try arguments.seconds("end_seconds") ?? .infinity
        guard start <= end else {
            throw BadArgument(message: "start_seconds is not after end_seconds.")
        }
        return try Self.transcript(timeline, TimeSpan(startSeconds: start, endSeconds: end))
    }

    private static func transcript(
        _ timeline: AssetTimeline, _ span: TimeSpan
    ) throws -> AgentValue {
        let passages = timeline.passages.filter { passage in
            guard passage.source != .fileName, passage.source != .tag else { return false }
            return passage.span.map { $0.overlaps(span) } ?? true
        }
        return [
            "asset": try AgentValue(AssetDocument(timeline.summary.asset)),
            "passages": .list(try passages.map { try AgentValue(PassageDocument($0)) }),
        ]
    }

    private func timeline(of id: String) throws -> AssetTimeline {
        // An id and nothing else: a path would say which files there are.
        guard let asset = AssetID(id) else {
            throw BadArgument(
                message: "\(id.prefix(40)) is no id of a file: 16 hexadecimal digits, as search "
                    + "and list_assets give them.")
        }
        return try library.timeline(of: asset)
    }

    private func assets(_ arguments: Arguments) throws -> AgentValue {
        try arguments.allow(["limit", "offset"])
        let limit = try arguments.integer("limit", in: 1...1000) ?? 100
        let offset = try arguments.integer("offset", in: 0...Int(Int32.max)) ?? 0
        let listing = try library.list()
        let page = listing.assets.dropFirst(offset).prefix(limit)
        return [
            "generation": .integer(Int(listing.generation)),
            "total": .integer(listing.assets.count),
            "assets": .list(try page.map { try AgentValue(AssetSummaryDocument($0)) }),
        ]
    }

    /// `clip://<id>/<start>-<end>`; nil when there is no such moment.
    func resource(_ uri: String) throws -> AgentValue? {
        let opening = "clip://"
        guard uri.hasPrefix(opening) else { return nil }
        let parts = uri.dropFirst(opening.count).split(
            separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let asset = AssetID(parts[0]) else { return nil }
        let times = parts[1].split(separator: "-", omittingEmptySubsequences: false)
        guard times.count == 2, let start = Double(times[0]), let end = Double(times[1]),
            start >= 0, end >= start, end.isFinite
        else { return nil }
        do {
            let value = try Self.transcript(
                library.timeline(of: asset), TimeSpan(startSeconds: start, endSeconds: end))
            return [
                [
                    "uri": .text(uri), "mimeType": "application/json",
                    "text": .text(try JSONLine.text(of: value)),
                ]
            ]
        } catch let failure as Failure where failure.cause == .noInput {
            return nil
        }
    }

    /// The arguments of a call, taken one by one.
    private struct Arguments {
        private let given: [String: AgentValue]

        init(_ given: [String: AgentValue]) { self.given = given }

        func allow(_ names: [String]) throws {
            guard let extra = given.keys.sorted().first(where: { !names.contains($0) }) else {
                return
            }
            throw BadArgument(
                message: "There is no argument \(extra.prefix(40)). There are: "
                    + names.joined(separator: ", ") + ".")
        }

        func text(_ name: String) throws -> String {
            guard let text = try optionalText(name), text.contains(where: { !$0.isWhitespace }),
                text.count <= 2000
            else { throw BadArgument(message: "\(name) is a text of 1 to 2000 characters.") }
            return text
        }

        func optionalText(_ name: String) throws -> String? {
            guard let value = given[name] else { return nil }
            guard let text = value.text else { throw BadArgument(message: "\(name) is a text.") }
            return text
        }

        func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
            guard let value = given[name] else { return nil }
            guard case .integer(let number) = value, range.contains(number) else {
                throw BadArgument(
                    message: "\(name) is a whole number from \(range.lowerBound) to "
                        + "\(range.upperBound).")
            }
            return number
        }

        func seconds(_ name: String) throws -> Double? {
            guard let value = given[name] else { return nil }
            guard let number = value.double, number >= 0, number.isFinite else {
                throw BadArgument(message: "\(name) is a number of seconds from 0.")
            }
            return number
        }
    }
}
