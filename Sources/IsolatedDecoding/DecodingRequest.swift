/// What to read from one file.
package struct DecodingRequest: Sendable, Codable, Equatable {
    package var path: String

    package init(path: String) { self.path = path }
}
