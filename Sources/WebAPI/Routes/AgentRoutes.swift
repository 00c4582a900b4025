internal import Foundation
internal import Service

/// `/mcp`: the Model Context Protocol over HTTP, both eras on one address. Every request stands
/// alone: no sessions, and so nothing to fetch or to delete.
enum AgentRoutes {
    private static let headerMismatch = -32020
    /// Methods whose header `Mcp-Name` repeats what is asked for.
    private static let named: Set<String> = ["tools/call", "resources/read", "prompts/get"]

    static func routes(_ context: RouteContext) -> [Route] {
        let agent = AgentProtocol(
            tools: AgentTools(library: SharedAgentLibrary(live: context.live)))
        return [Route(.post, "/mcp") { try answer($0, agent) }]
    }

    private static func answer(
        _ request: HTTPRequest, _ agent: AgentProtocol
    ) throws -> HTTPResponse {
        let (message, error) = AgentProtocol.message(from: request.body)
        if let error { return try .json(error, status: 400) }
        guard let message else { return HTTPResponse(status: 202) }
        let head = AgentProtocol.head(of: message)
        let spoken = request.header("mcp-protocol-version")
        let isModern =
            head.version != nil || head.method == "server/discover"
            || spoken.map(AgentProtocol.modernVersions.contains) == true
        if isModern {
            if let fault = mismatch(head, spoken, request) {
                return try .json(
                    AgentProtocol.error(of: message, code: headerMismatch, fault), status: 400)
            }
        } else if let spoken, !AgentProtocol.legacyVersions.contains(spoken) {
            return try .json(AgentProtocol.unknownVersion(spoken, in: message), status: 400)
        }
        switch try agent.handle(message, isCancelled: request.isAbandoned) {
        case .nothing: return HTTPResponse(status: 202)
        case .response(let response, let code):
            return try .json(
                response, status: status(of: code, isModern: isModern, head))
        }
    }

    /// What in the headers contradicts the body; nil when they agree.
    private static func mismatch(
        _ head: AgentProtocol.Head, _ spoken: String?, _ request: HTTPRequest
    ) -> String? {
        if let version = head.version, spoken != version {
            return "The header MCP-Protocol-Version is not the version in _meta."
        }
        if request.header("mcp-method") != head.method {
            return "The header Mcp-Method is not the method."
        }
        if let method = head.method, named.contains(method),
            request.header("mcp-name").map(decoded) != head.name
        {
            return "The header Mcp-Name is not the name or uri in params."
        }
        return nil
    }

    /// `=?base64?…?=` stands for what a header cannot hold.
    private static func decoded(_ value: String) -> String {
        let (opening, closing) = ("=?base64?", "?=")
        guard value.hasPrefix(opening), value.hasSuffix(closing),
            value.count >= opening.count + closing.count,
            let bytes = Data(
                base64Encoded: String(value.dropFirst(opening.count).dropLast(closing.count)))
        else { return value }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func status(
        of code: Int?, isModern: Bool, _ head: AgentProtocol.Head
    ) -> Int {
        switch code {
        case nil: 200
        case -32700, -32600, -32022: 400
        case -32601: isModern ? 404 : 200
        case -32602: isModern && !head.isComplete ? 400 : 200
        default: 200
        }
    }
}
