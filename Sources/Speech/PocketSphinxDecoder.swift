import CPocketSphinx
import Corpus
import Glibc

/// One decoder of PocketSphinx, used by one thread at a time.
///
/// `@unchecked Sendable` because it holds a pointer: whoever borrows it from the transcriber's pool
/// is alone with it.
final class PocketSphinxDecoder: @unchecked Sendable {
    private static let framesPerSecond = 100.0
    private let decoder: OpaquePointer

    init(_ files: PocketSphinxTranscriber.Files) throws {
        try PocketSphinxLibrary.load()
        // The library writes to standard error unless told otherwise, and each decoder tells anew.
        err_set_logfp(nil)
        let arguments = [
            "reel", "-hmm", files.acoustics, "-lm", files.language, "-dict", files.dictionary,
            "-logfn", "/dev/null",
            // Removing silence, the default, makes the times of words drift.
            "-remove_silence", "no",
            // Confidence comes from the lattice of the best path; without it, it is always 1.
            "-bestpath", "yes",
        ]
        let strings = arguments.map { strdup($0) }
        defer { for string in strings { free(string) } }
        var pointers = strings
        guard
            let settings = cmd_ln_parse_r(nil, ps_args(), Int32(pointers.count), &pointers, 1)
        else { throw SpeechError.recognizerRefused(folder: files.folder) }
        defer { cmd_ln_free_r(settings) }
        guard let decoder = ps_init(settings) else {
            throw SpeechError.recognizerRefused(folder: files.folder)
        }
        self.decoder = decoder
    }

    deinit { ps_free(decoder) }

    func recognize(_ segment: SpeechSegment) throws -> Recognition {
        let samples = segment.samples.map { sample in
            // A NaN, which no decoder should give, becomes silence.
            Int16(exactly: max(-32_768, min(32_767, (sample * 32_768).rounded()))) ?? 0
        }
        // A new stream forgets the noise of the one before; given whole, an utterance is normalised
        // by its own mean and not by those before it.
        guard ps_start_stream(decoder) >= 0, ps_start_utt(decoder) >= 0 else {
            throw SpeechError.recognitionFailed(atSeconds: segment.span.startSeconds)
        }
        let read = ps_process_raw(decoder, samples, samples.count, 0, 1)
        guard ps_end_utt(decoder) >= 0, read >= 0 else {
            throw SpeechError.recognitionFailed(atSeconds: segment.span.startSeconds)
        }
        var score: Int32 = 0
        let frames = ps_get_n_frames(decoder)
        guard ps_get_hyp(decoder, &score) != nil, frames > 0 else {
            return Recognition(words: [], language: "en")
        }
        return Recognition(
            words: words(from: segment.span), language: "en", fit: Double(score) / Double(frames))
    }

    private func words(from span: TimeSpan) -> [RecognizedWord] {
        var words: [RecognizedWord] = []
        let logarithms = ps_get_logmath(decoder)
        var next = ps_seg_iter(decoder)
        while let part = next {
            defer { next = ps_seg_next(part) }
            guard let name = ps_seg_word(part) else { continue }
            guard let text = Self.text(ofWord: String(cString: name)) else { continue }
            var (first, last): (Int32, Int32) = (0, 0)
            ps_seg_frames(part, &first, &last)
            let logarithm = ps_seg_prob(part, nil, nil, nil)
            let start = milliseconds(span.startSeconds + Double(first) / Self.framesPerSecond)
            let end = milliseconds(span.startSeconds + Double(last + 1) / Self.framesPerSecond)
            words.append(
                RecognizedWord(
                    text: text,
                    span: TimeSpan(startSeconds: start, endSeconds: min(end, span.endSeconds)),
                    confidence: min(1, max(0, logmath_exp(logarithms, logarithm)))))
        }
        return words
    }

    /// `read(2)`, the second way to say it, is "read"; silence and noises are nil.
    static func text(ofWord name: String) -> String? {
        guard let first = name.first, !"<[+".contains(first) else { return nil }
        return String(name.prefix { $0 != "(" })
    }
}

/// Frames are hundredths of a second: sums of binary fractions should not look finer.
private func milliseconds(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
