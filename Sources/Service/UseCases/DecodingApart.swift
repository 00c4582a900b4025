internal import IsolatedDecoding
internal import ScreenText

/// The process that decodes media apart from the program that reads it.
package enum DecodingApart {
    /// The hidden command that makes this program such a process.
    package static let commandName = DecodingWorker.commandName

    /// Serves the program that started it, until that is done.
    /// - Parameter arguments: what follows the command's name.
    /// - Returns: an exit code.
    package static func serve(_ arguments: [String]) -> Int32 {
        DecodingChild.serve(arguments: arguments) { languages in
            let reader = ScreenTextReader(languages: languages.joined(separator: "+"))
            return { try reader.lines(in: $0) }
        }
    }
}
