import MediaDecoding
import Testing

@testable import IsolatedDecoding

struct DecodingRequestTests {
    @Test func requestsArriveAsTheyWereSent() throws {
        var (sender, receiver) = (RequestCoding(), RequestCoding())
        var request = DecodingRequest(path: "/a.mp4")
        var requests = [request]
        request.path = [0x2F, 0xFF, 0xFE, 0x0A]
        requests.append(request)
        request.keyFrameSettings.driftThreshold = 0.1
        request.limits.stallSeconds = 7
        request.wantsSound = true
        requests.append(request)
        request.subtitleFiles = [
            SubtitleFileName(path: "/a.en.srt", language: "en"), SubtitleFileName(path: "/ä.srt"),
        ]
        requests.append(request)
        request.subtitleFiles = []
        requests += [request, requests[0]]
        for request in requests {
            #expect(try receiver.request(sender.body(of: request)) == request)
        }
    }
}
