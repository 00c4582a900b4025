/// What is wrong with something a program sent, and where.
package struct InputError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// It cannot be read at all.
        case malformed
        /// It can be read, and says what cannot be done.
        case invalid
    }

    package var kind: Kind
    /// RFC 6901 into a JSON body (`/top`, empty for all of it), or `?name` for a query item.
    package var pointer: String
    package var detail: String

    package init(_ kind: Kind, _ pointer: String, _ detail: String) {
        self.kind = kind
        self.pointer = pointer
        self.detail = detail
    }

    package var description: String { detail }
}
