internal import CPage

/// A file of the web page that the compiler put into the program.
struct PageFile: Sendable {
    var name: String
    var contentType: String
    var bytes: [UInt8]
    /// Strong: 16 hexadecimal digits of the content's SHA-256, in quotes.
    var tag: String

    static let all: [PageFile] = {
        var count = 0
        let files = reel_page_files(&count)
        return UnsafeBufferPointer(start: files, count: count).map { file in
            let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
            return PageFile(
                name: String(cString: file.name), contentType: String(cString: file.content_type),
                bytes: bytes, tag: EntityTag.of(bytes))
        }
    }()
}
