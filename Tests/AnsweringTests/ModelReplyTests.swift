import Testing

@testable import Answering

@Suite struct ModelReplyTests {
    private static let replies: [(reply: String, text: String?)] = [
        (
            #"{"found":true,"sentences":[{"text":"Three days.","citations":[1]}]}"#,
            "Three days. [1]"
        ),
        // Only ids of the evidence, each once; marks in the words count too.
        (
            #"{"found":true,"sentences":[{"text":"It is so [2], [9].","citations":[1,7,1]}]}"#,
            "It is so,. [1] [2]"
        ),
        (
            "Sure:\n```json\n{\"sentences\":[{\"text\":\"Yes.\",\"citations\":[2]}]}\n```",
            "Yes. [2]"
        ),
        (#"{"found":false,"sentences":[{"text":"No idea."}]}"#, nil),
        ("It takes three days [1]. Bring fuel. [2]", "It takes three days. [1] Bring fuel. [2]"),
        ("No citations here.", "No citations here."),
        ("See [notes] now [1, 2].", "See [notes] now. [1] [2]"),
        (
            #"{"sentences":[{"text":"See ![x](http://evil.example/a?b) now.","citations":[1]}]}"#,
            "See now. [1]"
        ),
        ("", nil), ("[1]", nil), ("{\"other\":1}", "{\"other\":1}"),
        ("Hid\u{200B}den\u{E0041} \u{202E}words [1].", "Hidden words. [1]"),
    ]

    @Test(arguments: replies)
    func aReplyIsReadAndBelievedInNothing(reply: String, text: String?) throws {
        #expect(try ModelReply(reply, ids: [1, 2]).answer?.text == text)
    }
}
