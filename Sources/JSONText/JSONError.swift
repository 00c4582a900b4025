/// What is wrong with a JSON text, and where.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    package enum Cause: String, Sendable {
        case endedEarly = "the text ends too early"
        case unexpectedByte = "a value was expected"
        case expectedObject = "an object was expected"
        case expectedArray = "an array was expected"
        case expectedString = "a string was expected"
        case expectedNumber = "a number was expected"
        case expectedInteger = "an integer was expected"
        case expectedColon = "a colon was expected after the key"
        case expectedCommaOrEnd = "a comma or the closing bracket was expected"
        case controlCharacterInString = "a string holds an unescaped control character"
        case unknownEscape = "a string holds an unknown escape"
        case loneSurrogate = "a string holds half of a surrogate pair"
        case invalidText = "a string is not UTF-8"
        case tooDeep = "brackets are nested more than 512 deep"
        case textAfterEnd = "there is text after the end of the value"
        case repeatedKey = "a key appears twice"
    }
    package let cause: Cause
    /// In bytes from the beginning of the text.
    package let offset: Int

    package init(cause: Cause, offset: Int) {
        self.cause = cause
        self.offset = offset
    }

    package var description: String { "\(cause.rawValue), at byte \(offset)" }
}
