import Foundation
import MediaDecoding
import Testing

@testable import IsolatedDecoding

struct DecodingRequestTests {
    @Test(arguments: [Array("/a.mp4".utf8), [0x2F, 0xFF, 0xFE, 0x0A]])
    func aRequestKeepsTheBytesOfItsPath(path: [UInt8]) throws {
        var request = DecodingRequest(path: path)
        request.keyFrameSettings.driftThreshold = 0.1
        request.limits.stallSeconds = 7
        request.subtitleFiles = [SubtitleFileName(path: "/a.en.srt", language: "en")]
        let copy = try JSONDecoder().decode(
            DecodingRequest.self, from: JSONEncoder().encode(request))
        #expect(copy == request && copy.path == path)
    }
}
