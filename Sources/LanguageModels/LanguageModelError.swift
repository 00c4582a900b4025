internal import HTTPTransfer

/// Why a language model gave no reply. Neither keys nor prompts are ever part of the sentence.
package enum LanguageModelError: Error, Sendable, Equatable, CustomStringConvertible {
    case badEndpoint(String, reason: String)
    case keyUnreadable(path: String, reason: String)
    case missingLibrary(String)
    /// The host's name leads to an address that was not allowed.
    case refusedAddress(host: String, address: String)
    case redirected(host: String, to: String)
    case unreachable(host: String, reason: String)
    case timedOut(host: String, seconds: Double)
    /// The connection ended before the reply did.
    case brokenOff(host: String)
    case replyTooLarge(host: String, limit: Int)
    case unreadableReply(host: String, reason: String)
    /// The server said no; `reason` is what it gave for it, cut short.
    case refused(host: String, status: Int, reason: String)
    case requestTooLarge(bytes: Int, limit: Int)
    case promptTooLong(tokens: Int, limit: Int)

    package var description: String {
        switch self {
        case .badEndpoint(let url, let reason):
            "The language model's endpoint \(url) cannot be used: \(reason). Expected an address "
                + "such as http://127.0.0.1:8080/v1 in llm_endpoint or REEL_LLM_ENDPOINT."
        case .keyUnreadable(let path, let reason):
            "The key file \(path) cannot be used: \(reason)."
        case .missingLibrary(let sentence):
            "The language model cannot be asked. \(sentence)"
        case .refusedAddress(let host, let address):
            "The language model's host \(host) has the private address \(address). If it is meant, "
                + "write the address itself, or set llm_local_network to true."
        case .redirected(let host, let to):
            "The language model's host \(host) sends elsewhere, to \(to). Nothing was sent there: "
                + "name the right address in llm_endpoint."
        case .unreachable(let host, let reason):
            "The language model at \(host) cannot be reached: \(reason)."
        case .timedOut(let host, let seconds):
            "The language model at \(host) did not answer within \(Int(seconds.rounded())) s."
        case .brokenOff(let host):
            "The language model at \(host) broke off in the middle of its reply."
        case .replyTooLarge(let host, let limit):
            "The reply of the language model at \(host) is longer than \(limit) bytes."
        case .unreadableReply(let host, let reason):
            "The reply of the language model at \(host) cannot be read: \(reason)."
        case .refused(let host, let status, let reason):
            "The language model at \(host) refused with status \(status)"
                + (reason.isEmpty ? "." : ": \(reason)")
        case .requestTooLarge(let bytes, let limit):
            "What would be sent to the language model has \(bytes) bytes; at most \(limit) are sent."
        case .promptTooLong(let tokens, let limit):
            "What would be sent to the language model has about \(tokens) tokens; at most \(limit) "
                + "are sent (llm_token_budget)."
        }
    }

    /// Whether asking again may help.
    var isPassing: Bool {
        switch self {
        case .unreachable, .brokenOff: true
        case .refused(_, let status, _): status == 408 || status == 429 || status >= 500
        case .badEndpoint, .keyUnreadable, .missingLibrary, .refusedAddress, .redirected,
            .timedOut, .replyTooLarge, .unreadableReply, .requestTooLarge, .promptTooLong:
            false
        }
    }
}

extension LanguageModelError {
    init(_ error: TransferError, of endpoint: ChatEndpoint) {
        let host = endpoint.host
        self =
            switch error {
            case .noMemory: .unreachable(host: host, reason: "no memory")
            case .missingLibrary(let sentence): .missingLibrary(sentence)
            case .badAddress(let url):
                .badEndpoint(url, reason: "it is no address of http or https")
            case .refusedAddress(_, let address):
                .refusedAddress(host: host, address: address)
            case .refusedRedirect(let to): .redirected(host: host, to: to)
            case .unreachable(let reason): .unreachable(host: host, reason: reason)
            case .timedOut: .timedOut(host: host, seconds: endpoint.limits.replySeconds)
            case .brokenOff: .brokenOff(host: host)
            case .bodyTooLarge(let limit): .replyTooLarge(host: host, limit: limit)
            }
    }
}
