/// A secret that shows itself to nobody who prints or describes it.
package struct SecretKey: Sendable, Equatable, CustomStringConvertible,
    CustomDebugStringConvertible,
    CustomReflectable
{
    /// The secret itself.
    package let text: String

    /// Nil for an empty text. White space around it is dropped, as files end in a line break.
    package init?(_ text: String) {
        let start = text.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        self.text = String(start[...end])
    }

    package var description: String { "(key)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
