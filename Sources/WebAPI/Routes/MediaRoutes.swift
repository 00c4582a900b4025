internal import Corpus
internal import Foundation
internal import Service

/// What belongs to an asset and is no document: its file, its pictures, its captions.
enum MediaRoutes {
    static func routes(_ live: LiveLibrary) -> [Route] {
        [
            Route(.get, "/v1/assets/{id}/media") { request in
                answer(request, with: try live.openMedia(AssetRoutes.id(in: request)))
            },
            Route(.get, "/v1/assets/{id}/frames/{ordinal}.jpg") { request in
                try picture(request, live)
            },
            Route(.get, "/v1/assets/{id}/transcript.vtt") { request in
                let text = try live.captions(
                    AssetRoutes.id(in: request), language: request.queryValue("language"))
                return derived(
                    request, contentType: "text/vtt; charset=utf-8", bytes: Array(text.utf8),
                    caching: "private, no-cache")
            },
        ]
    }

    // MARK: The file

    /// RFC 9110: a whole file or a part of it, unless the client has it already.
    static func answer(_ request: HTTPRequest, with media: OpenedMedia) -> HTTPResponse {
        let tag = "\"\(media.size)-\(media.modifiedNanoseconds)-\(media.inode)\""
        let modified = HTTPDate.text(secondsSince1970: media.modifiedNanoseconds / 1_000_000_000)
        var headers: [(name: String, value: String)] = [
            ("Accept-Ranges", "bytes"), ("ETag", tag), ("Last-Modified", modified),
            // Asked anew each time: the file may change, and a changed one must not be mixed.
            ("Cache-Control", "private, no-cache"),
        ]
        guard !EntityTag.matches(request.header("if-none-match"), tag) else {
            close(media.descriptor)
            return HTTPResponse(status: 304, headers: headers)
        }
        // A part belongs to the file that the client has the other parts of, or it gets all of it.
        let isSame = request.header("if-range").map { $0 == tag || $0 == modified } ?? true
        let asksForPart = request.method == .get && isSame
        let range = ByteRange(
            asksForPart ? request.header("range") : nil, size: media.size)
        let type = MediaType(fileName: media.name)
        headers.append(("Content-Type", type.contentType))
        if !type.isShown {
            headers.append(
                ("Content-Disposition", ContentDisposition.attachment(named: media.name)))
        }
        switch range {
        case .whole:
            return HTTPResponse(
                headers: headers,
                body: .file(descriptor: media.descriptor, offset: 0, length: media.size))
        case .part(let bytes):
            headers.append(
                (
                    "Content-Range",
                    "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(media.size)"
                ))
            return HTTPResponse(
                status: 206, headers: headers,
                body: .file(
                    descriptor: media.descriptor, offset: bytes.lowerBound, length: bytes.count))
        case .unsatisfiable:
            close(media.descriptor)
            var problem = Problem(
                416, "Range not satisfiable",
                "The file has \(media.size) bytes, and the range begins behind its end.")
            problem.headers = ["Content-Range": "bytes */\(media.size)", "Accept-Ranges": "bytes"]
            return problem.response
        }
    }

    // MARK: What was made of it

    private static func picture(
        _ request: HTTPRequest, _ live: LiveLibrary
    ) throws -> HTTPResponse {
        let id = try AssetRoutes.id(in: request)
        let text = request.parameters["ordinal"] ?? ""
        guard let ordinal = Int(text), ordinal >= 0, "\(ordinal)" == text else {
            throw Problem(404, "Not found", "Asset \(id) has no key frame \(text).")
        }
        return derived(
            request, contentType: "image/jpeg",
            bytes: try live.thumbnail(id, frame: ordinal),
            // An asset that is read again more thoroughly may have other key frames.
            caching: "private, max-age=86400, stale-while-revalidate=604800")
    }

    private static func derived(
        _ request: HTTPRequest, contentType: String, bytes: [UInt8], caching: String
    ) -> HTTPResponse {
        let tag = EntityTag.of(bytes)
        let headers = [(name: "ETag", value: tag), (name: "Cache-Control", value: caching)]
        guard !EntityTag.matches(request.header("if-none-match"), tag) else {
            return HTTPResponse(status: 304, headers: headers)
        }
        return HTTPResponse(contentType: contentType, bytes: bytes, headers: headers)
    }
}
