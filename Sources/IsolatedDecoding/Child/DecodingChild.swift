internal import CSandbox
internal import Corpus
internal import Foundation
internal import Glibc
internal import MediaDecoding
internal import ScreenText

/// The decoding process itself: gives up what it can, then serves requests from its standard input
/// until that is closed.
package enum DecodingChild {
    /// Numbers of descriptors a decoder may have open at once.
    private static let openFiles: UInt64 = 64

    /// - Parameter arguments: what follows the command's name: bytes of memory beyond the program.
    /// - Returns: an exit code.
    package static func serve(
        arguments: [String],
        makeScreenText: ((_ languages: [String]) throws -> InProcessDecoder.ScreenTextRecognizer)?
    ) -> Int32 {
        guard let memory = arguments.first.flatMap({ Int($0) }), memory > 0, isatty(0) == 0 else {
            let message = "This command is run by reel itself, to decode media apart.\n"
            FileHandle.standardError.write(Data(message.utf8))
            return 2
        }
        // Whatever a library prints must not get between the messages.
        let events = fcntl(1, F_DUPFD_CLOEXEC, 3)
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard events >= 0, nowhere >= 0, dup2(nowhere, 1) == 1 else { return 71 }
        close(nowhere)
        let sink = MessageSink(descriptor: events)
        let watch = Watch(sink: sink)
        loadLibraries(withScreenText: makeScreenText != nil)
        let confinement = confine(memory: memory)
        watch.start()
        guard sink.send(.hello, body: confinement.body) else { return 0 }
        let decoder = InProcessDecoder(makeScreenText: makeScreenText)
        var coding = RequestCoding()
        while let body = nextRequest(), let request = try? coding.request(body) {
            guard serve(request, with: decoder, sink) else { return 0 }
        }
        return 0
    }

    /// Later is too late: a confined process gets no more code. One that is missing is told to
    /// whoever asks for what needs it.
    private static func loadLibraries(withScreenText: Bool) {
        try? LibAVLibrary.load()
        if withScreenText { try? TesseractLibrary.load() }
    }

    private static func confine(memory: Int) -> Confinement {
        // Limits first: the filter lets nobody change them.
        let limits = reel_sandbox_limit_resources(UInt64(memory + addressSpaceBytes()), openFiles)
        let filters =
            reel_sandbox_no_new_privileges() == 0 && reel_sandbox_filter_system_calls() == 0
        return Confinement(filtersSystemCalls: filters, limitsResources: limits == 0)
    }

    /// What the program and its libraries take already.
    private static func addressSpaceBytes() -> Int {
        // The first number is the size in pages; see proc(5).
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").first.flatMap { Int($0) } ?? 1 << 18)
            * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The body of one; nil when the program has no more.
    private static func nextRequest() -> [UInt8]? {
        guard let bytes = readFully(Message.headerBytes),
            let header = try? Message.Header(bytes), header.kind == .request
        else { return nil }
        return readFully(header.bodyBytes)
    }

    private static func readFully(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { read(0, $0 + filled, count - filled) } ?? 0
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            filled += got
        }
        return bytes
    }

    /// The program is gone: nobody wants to know the rest.
    private struct NobodyListens: Error {}

    /// False when nobody listens any more.
    private static func serve(
        _ request: DecodingRequest, with decoder: InProcessDecoder, _ sink: MessageSink
    ) -> Bool {
        do {
            try decoder.read(request) { event in
                guard send(event, to: sink) else { throw NobodyListens() }
            }
            return true
        } catch is NobodyListens {
            return false
        } catch {
            return sink.send(.failed, body: FailureReport(error).body)
        }
    }

    private static func send(_ event: DecodingEvent, to sink: MessageSink) -> Bool {
        switch event {
        case .opened(let description):
            return sink.send(.opened, body: EventCoding.body(of: description))
        case .subtitles(let passages):
            return sink.send(.subtitles, body: EventCoding.body(of: passages))
        case .keyFrame(let keyFrame, let picture, let thumbnail, let screenText):
            let body = EventCoding.body(
                of: EventCoding.KeyFrameBody(
                    keyFrame: keyFrame, width: picture.width, height: picture.height,
                    thumbnailBytes: thumbnail.count, screenText: screenText))
            return thumbnail.withUnsafeBytes { thumbnail in
                picture.pixels.withUnsafeBytes { pixels in
                    sink.send(.keyFrame, body: body, bulk: [thumbnail, pixels])
                }
            }
        case .progress(let seconds):
            return sink.send(.progress, body: EventCoding.body(ofSeconds: seconds))
        case .sound(let samples, let startSeconds):
            return sink.send(
                .sound, body: EventCoding.body(ofSeconds: startSeconds),
                bulk: [UnsafeRawBufferPointer(samples)])
        case .finished(let note):
            return sink.send(.finished, body: EventCoding.body(ofNote: note))
        }
    }
}
