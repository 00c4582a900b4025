internal import Foundation

extension ServingSettings {
    /// Whether nobody outside this machine can connect.
    package var isLocal: Bool {
        host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
    }

    /// What requests must bring; nil where they come from this machine only.
    /// - Throws: when the server would listen to others without a token, or the file holds none.
    package func accessToken() throws(Failure) -> String? {
        guard let tokenFile else {
            guard isLocal else {
                throw Failure(
                    .badConfiguration,
                    "Listening at \(host) lets other machines in, and nothing would keep them "
                        + "out. Put a secret into a file, and say --token-file FILE: "
                        + "head -c 24 /dev/urandom | base64 > token")
            }
            return nil
        }
        guard let bytes = FileManager.default.contents(atPath: tokenFile) else {
            throw Failure(.badConfiguration, "The token file \(tokenFile) cannot be read.")
        }
        let text = String(decoding: bytes, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.count >= Self.minimumTokenBytes, text.utf8.allSatisfy(Self.isTokenByte)
        else {
            throw Failure(
                .badConfiguration,
                "The token file \(tokenFile) holds no token: it is one line of at least "
                    + "\(Self.minimumTokenBytes) letters, digits or marks of ASCII.")
        }
        return text
    }

    /// Fewer could be tried one by one.
    private static let minimumTokenBytes = 16

    private static func isTokenByte(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}
