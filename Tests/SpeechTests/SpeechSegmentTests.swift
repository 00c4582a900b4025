import Corpus
import Testing

@testable import Speech

struct SpeechSegmentTests {
    @Test func aSegmentKeepsItsSound() {
        let span = TimeSpan(startSeconds: 1, endSeconds: 1.5)
        #expect(SpeechSegment(span: span, samples: [0, 0.5]).samples == [0, 0.5])
    }
}
