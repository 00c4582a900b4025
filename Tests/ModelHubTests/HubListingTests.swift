import Testing

@testable import ModelHub

struct HubListingTests {
    private static let commit = String(repeating: "c", count: 40)
    private static let digest = String(repeating: "d", count: 40)

    private static func listing(_ files: String) -> String {
        #"{"sha":"\#(commit)","siblings":[\#(files)]}"#
    }

    private static func file(_ name: String, _ rest: String = #","size":3"#) -> String {
        #"{"rfilename":"\#(name)","blobId":"\#(digest)"\#(rest)}"#
    }

    @Test func filesComeWithSizeAndDigest() throws {
        let large = String(repeating: "e", count: 64)
        let text = Self.listing(
            Self.file("config.json") + ","
                + Self.file(
                    "1_Pooling/x.bin", #","size":134,"lfs":{"sha256":"\#(large)","size":9}"#))
        let listing = try HubListing(parsing: Array(text.utf8), name: "org/name")
        #expect(listing.commit == Self.commit)
        #expect(
            listing.files == [
                HubFile(path: "config.json", size: 3, digest: .git(Self.digest)),
                HubFile(path: "1_Pooling/x.bin", size: 9, digest: .sha256(large)),
            ])
        #expect(listing.files[1].folder == "1_Pooling" && listing.files[1].name == "x.bin")
    }

    private static let bad = [
        "", "[]", "{}", #"{"sha":"main","siblings":[]}"#, #"{"sha":"\#(commit)"}"#,
        listing("{}"), listing(file("../../x")), listing(file("/etc/passwd")),
        listing(file("a/../b")), listing(file("a//b")), listing(file("./a")),
        listing(file("..")), listing(file("a\\\\b")), listing(file("a\\u0000")),
        listing(file("a\\nb")), listing(file("")),
        listing(file("a") + "," + file("a")), listing(file("a", "")),
        listing(file("a", #","size":-1"#)), listing(file("a", #","size":1e30"#)),
        listing(file("a", #","size":3,"lfs":{"sha256":"abc","size":3}"#)),
        listing(#"{"rfilename":"a","size":3}"#),
        listing((0...20_000).map { file("f\($0)") }.joined(separator: ",")),
        String(repeating: "[", count: 600),
    ]

    @Test(arguments: bad)
    func aListingThatCannotBeBelievedIsRefused(text: String) {
        let error = #expect(throws: ModelHubError.self) {
            try HubListing(parsing: Array(text.utf8), name: "org/name")
        }
        guard case .badListing = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: What is needed

    private func needed(
        _ names: [String], index: String = "{}"
    ) throws -> (small: [String], large: [String]) {
        let text = Self.listing(names.map { Self.file($0) }.joined(separator: ","))
        let files = NeededFiles(
            try HubListing(parsing: Array(text.utf8), name: "org/name"), name: "org/name")
        return (
            files.small.map(\.path).sorted(),
            try files.large { _ in Array(index.utf8) }.map(\.path)
        )
    }

    @Test func oneCopyOfTheWeightsIsTaken() throws {
        let all = [
            ".gitattributes", "README.md", "config.json", "flax_model.msgpack", "model.safetensors",
            "onnx/model.onnx", "onnx/config.json", "openvino/openvino_model.bin",
            "pytorch_model.bin", "tf_model.h5", "tokenizer.json", "vocab.txt", "train_script.py",
        ]
        let (small, large) = try needed(all)
        #expect(small == ["config.json", "tokenizer.json", "vocab.txt"])
        #expect(large == ["model.safetensors"])
        #expect(
            try needed(all.filter { $0 != "model.safetensors" }).large == ["pytorch_model.bin"])
    }

    @Test func shardsAreThoseThatTheIndexNames() throws {
        let names = [
            "config.json", "model.safetensors.index.json", "model-1.safetensors",
            "model-2.safetensors", "model-9.safetensors", "pytorch_model.bin",
        ]
        let index =
            #"{"weight_map":{"a":"model-2.safetensors","b":"model-1.safetensors","#
            + #""c":"model-1.safetensors"}}"#
        let (small, large) = try needed(names, index: index)
        #expect(small == ["config.json", "model.safetensors.index.json"])
        #expect(large == ["model-1.safetensors", "model-2.safetensors"])
        for bad in [
            "", "{}", #"{"weight_map":{"a":"model-3.safetensors"}}"#,
            #"{"weight_map":{"a":"../model-1.safetensors"}}"#,
        ] {
            #expect(throws: ModelHubError.self, "\(bad)") { try needed(names, index: bad) }
        }
    }

    @Test func theStepsOfASentenceEncoderComeAlong() throws {
        let (small, large) = try needed([
            "config.json", "modules.json", "1_Pooling/config.json", "2_Dense/config.json",
            "2_Dense/model.safetensors", "2_Dense/pytorch_model.bin", "model.safetensors",
            "checkpoints/1_x/model.safetensors",
        ])
        #expect(
            small == [
                "1_Pooling/config.json", "2_Dense/config.json", "config.json", "modules.json",
            ]
        )
        #expect(large == ["model.safetensors", "2_Dense/model.safetensors"])
    }

    @Test func anAdapterIsAModelAndFormatsOfOthersAreNot() throws {
        #expect(
            try needed(["adapter_config.json", "adapter_model.bin"]).large == ["adapter_model.bin"])
        #expect(throws: ModelHubError.noWeights(name: "org/name", found: ["model.onnx"])) {
            try needed(["config.json", "onnx/model.onnx"])
        }
    }
}
