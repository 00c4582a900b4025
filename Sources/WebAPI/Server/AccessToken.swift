internal import Foundation

/// The secret that requests must bring where the server listens beyond this machine.
///
/// Programs send `Authorization: Bearer TOKEN`. Browsers, whose pictures and videos can carry no
/// such header, are asked for a password: any user name, and the token.
struct AccessToken: Sendable {
    private let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    func isCarried(by authorization: String?) -> Bool {
        guard let authorization, let blank = authorization.firstIndex(of: " ") else { return false }
        let credentials = authorization[blank...].drop { $0 == " " }
        switch authorization[..<blank].lowercased() {
        case "bearer": return matches(Array(credentials.utf8))
        case "basic":
            guard let pair = Data(base64Encoded: String(credentials)),
                let colon = pair.firstIndex(of: UInt8(ascii: ":"))
            else { return false }
            return matches(Array(pair[(colon + 1)...]))
        default: return false
        }
    }

    /// In a time that tells nothing of where they differ.
    func matches(_ given: [UInt8]) -> Bool {
        var difference = given.count ^ bytes.count
        for index in bytes.indices {
            difference |= Int(bytes[index] ^ (index < given.count ? given[index] : 0))
        }
        return difference == 0
    }
}
