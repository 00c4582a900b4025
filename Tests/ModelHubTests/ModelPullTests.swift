import Foundation
import HTTPTransfer
import ModelHub
import Synchronization
import TestSupport
import Testing

/// Models fetched from a hub on this machine, which keeps to the rules or breaks them.
struct ModelPullTests {
    private let folder: TemporaryFolder
    private let cache: HubCache

    init() throws {
        folder = try TemporaryFolder()
        cache = HubCache(root: folder.path("hub"))
    }

    @discardableResult
    private func pull(
        _ hub: ScriptedHub, _ name: String = "org/name", token: String? = nil,
        _ change: (inout HubEndpoint.Limits) -> Void = { _ in },
        progress: (ModelPull.Progress) -> Void = { _ in },
        isCancelled: @escaping () -> Bool = { false }
    ) throws -> ModelPull.Outcome {
        var endpoint = try HubEndpoint(
            url: hub.endpoint, token: token.flatMap { SecretKey($0) })
        endpoint.limits.firstPauseSeconds = 0.01
        endpoint.limits.retries = 2
        change(&endpoint.limits)
        return try ModelPull(
            ModelName(name), from: endpoint, into: cache, isCancelled: isCancelled
        ).run(progress: progress)
    }

    private var repository: String { folder.path("hub/models--org--name") }

    private func bytes(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { Array($0) }
    }

    /// What is left of the transfer of the weights.
    private var partial: String {
        "\(repository)/blobs/\(SampleModel.weights.digest).incomplete"
    }

    private static func fault(
        _ path: String,
        _ reply: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply
    ) -> ScriptedHub.Fault {
        { asked, request in asked == path ? reply(request) : nil }
    }

    // MARK: As it should be

    @Test func aModelLandsInTheLayoutOfTheCache() throws {
        let hub = try ScriptedHub(SampleModel.files)
        var steps: [ModelPull.Progress] = []
        let outcome = try pull(hub, progress: { steps.append($0) })
        #expect(outcome.path == "\(repository)/snapshots/\(ScriptedHub.commit)")
        #expect(try cache.snapshot(of: ModelName("org/name")) == outcome.path)
        for file in SampleModel.files {
            let path = outcome.path + "/" + file.path
            #expect(bytes(path) == file.bytes)
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: path)
                    == "../../blobs/" + file.digest)
        }
        #expect(bytes(repository + "/refs/main") == Array(ScriptedHub.commit.utf8))
        let total = SampleModel.files.reduce(0) { $0 + $1.bytes.count }
        #expect(outcome.totalBytes == total && outcome.presentBytes == 0)
        #expect(steps.last?.doneBytes == total && steps.last?.totalBytes == total)
        let left = try FileManager.default.contentsOfDirectory(atPath: repository + "/blobs")
        #expect(Set(left) == Set(SampleModel.files.map(\.digest)))
        #expect(bytes(folder.path("hub/CACHEDIR.TAG"))?.isEmpty == false)
    }

    @Test func whatIsThereIsNotFetchedAgain() throws {
        let hub = try ScriptedHub(SampleModel.files)
        try pull(hub)
        let asked = hub.server.requests.count
        let outcome = try pull(hub)
        #expect(hub.server.requests.count == asked + 1, "the listing alone")
        #expect(outcome.presentBytes == outcome.totalBytes)
    }

    @Test func filesInFoldersAndOtherRevisionsHaveTheirPlaces() throws {
        let pooling = SampleModel.small("1_Pooling/config.json", "{}")
        let hub = try ScriptedHub(SampleModel.files + [pooling])
        let outcome = try pull(hub, "org/name@refs/pr/7")
        #expect(
            try FileManager.default.destinationOfSymbolicLink(
                atPath: outcome.path + "/1_Pooling/config.json")
                == "../../../blobs/" + pooling.digest)
        #expect(try cache.snapshot(of: ModelName("org/name@refs/pr/7")) == outcome.path)
        #expect(bytes(repository + "/refs/main") == nil)
        #expect(
            hub.server.requests.first?.target
                == "/api/models/org/name/revision/refs%2Fpr%2F7?blobs=true")
    }

    // MARK: Broken off

    @Test func aServerThatDiesHalfWayIsAskedForTheRest() throws {
        let tries = Atomic<Int>(0)
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("model.safetensors") { request in
                tries.add(1, ordering: .relaxed)
                return ScriptedHub.answer(SampleModel.weights, request, limit: 30_000)
            })
        let outcome = try pull(hub)
        #expect(bytes(outcome.path + "/model.safetensors") == SampleModel.weights.bytes)
        // Each try brings something, so all four are made although two retries are allowed.
        #expect(tries.load(ordering: .relaxed) == 4)
        let asked = hub.server.requests.filter { $0.target.hasSuffix("model.safetensors") }
        #expect(
            asked.map { $0.header("Range") }
                == [nil, "bytes=30000-", "bytes=60000-", "bytes=90000-"])
        #expect(asked.last?.header("If-Range") == "\"\(SampleModel.weights.digest)\"")
    }

    @Test func aLaterRunGoesOnWhereTheFirstStopped() throws {
        let dying = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("model.safetensors") { request in
                request.header("Range") == nil
                    ? ScriptedHub.answer(SampleModel.weights, request, limit: 40_000)
                    : .json("", status: "503 Service Unavailable")
            })
        #expect(throws: ModelHubError.refused(host: "127.0.0.1", status: 503)) {
            try pull(dying)
        }
        #expect(bytes(partial)?.count == 40_000)
        #expect(throws: ModelHubError.self, "no half model is found") {
            try cache.snapshot(of: ModelName("org/name"))
        }
        let hub = try ScriptedHub(SampleModel.files)
        let outcome = try pull(hub)
        #expect(outcome.presentBytes >= 40_000)
        #expect(hub.server.requests.last?.header("Range") == "bytes=40000-")
        #expect(bytes(outcome.path + "/model.safetensors") == SampleModel.weights.bytes)
    }

    @Test func aServerThatKnowsNoRangesSendsAllOfItAgain() throws {
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("model.safetensors") { request in
                var whole = request
                whole.head = "GET / HTTP/1.1"
                return ScriptedHub.answer(
                    SampleModel.weights, whole,
                    limit: request.header("Range") == nil ? 50_000 : .max)
            })
        let outcome = try pull(hub)
        #expect(bytes(outcome.path + "/model.safetensors") == SampleModel.weights.bytes)
    }

    @Test func whatAnotherFileLeftBehindIsThrownAway() throws {
        let hub = try ScriptedHub(SampleModel.files)
        try FileManager.default.createDirectory(
            atPath: repository + "/blobs", withIntermediateDirectories: true)
        try Data(repeating: 1, count: 5000).write(to: URL(fileURLWithPath: partial))
        let outcome = try pull(hub)
        #expect(bytes(outcome.path + "/model.safetensors") == SampleModel.weights.bytes)
    }

    @Test func whoeverStopsKeepsWhatCame() throws {
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("model.safetensors") { _ in
                .init([
                    .send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
                    .sendBytes(Array(SampleModel.weights.bytes.prefix(10_000))), .pause(20),
                ])
            })
        let isStopped = Atomic<Bool>(false)
        #expect(throws: CancellationError.self) {
            try pull(
                hub,
                progress: { step in
                    if step.file == "model.safetensors", step.doneBytes > 10_000 {
                        isStopped.store(true, ordering: .relaxed)
                    }
                }, isCancelled: { isStopped.load(ordering: .relaxed) })
        }
        #expect(bytes(partial)?.count == 10_000)
    }

    @Test func aServerThatFallsSilentIsGivenUp() throws {
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("model.safetensors") { _ in
                .init([.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"), .pause(20)])
            })
        let error = #expect(throws: ModelHubError.self) {
            try pull(hub) {
                $0.silenceSeconds = 1
                $0.retries = 0
            }
        }
        #expect(error?.description.contains("does not answer in time") == true)
    }

    @Test func twoPullsOfOneFileDoNotMix() throws {
        let hub = try ScriptedHub(SampleModel.files)
        let locks = folder.path("hub/.locks/models--org--name")
        try FileManager.default.createDirectory(
            atPath: locks, withIntermediateDirectories: true)
        let descriptor = open(
            "\(locks)/\(SampleModel.weights.digest).lock", O_RDWR | O_CREAT, 0o644)
        defer { close(descriptor) }
        try #require(flock(descriptor, LOCK_EX) == 0)
        #expect(
            throws: ModelHubError.locked(path: "\(locks)/\(SampleModel.weights.digest).lock")
        ) { try pull(hub) }
    }

    // MARK: Refused

    private static let refusals: [(status: String, code: String, part: String)] = [
        ("404 Not Found", "RepoNotFound", "There is no model org/name at "),
        ("401 Unauthorized", "RepoNotFound", "There is no model org/name at "),
        ("404 Not Found", "RevisionNotFound", "has no revision main"),
        ("401 Unauthorized", "", "org/name, then set HF_TOKEN"),
        ("403 Forbidden", "GatedRepo", "it is gated"), ("410 Gone", "", "status 410"),
        ("500 Internal Server Error", "", "status 500"),
    ]

    @Test(arguments: refusals)
    func aRefusalSaysWhatToDo(status: String, code: String, part: String) throws {
        let hub = try ScriptedHub(
            [],
            fault: { _, _ in
                .json(
                    #"{"error":"x"}"#, status: status,
                    headers: code.isEmpty ? "" : "X-Error-Code: \(code)\r\n")
            })
        let error = #expect(throws: ModelHubError.self) { try pull(hub) }
        #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }

    @Test func aGatedFileIsNoLessGatedThanItsModel() throws {
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("model.safetensors") { _ in
                .json("", status: "403 Forbidden", headers: "X-Error-Code: GatedRepo\r\n")
            })
        #expect(
            throws: ModelHubError.notAllowed(
                name: "org/name", endpoint: hub.endpoint, hasToken: true)
        ) { try pull(hub, token: "hf_secret") }
    }

    @Test func aFileThatIsListedAndNotThereIsNamed() throws {
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("tokenizer.json") { _ in
                .json("", status: "404 Not Found", headers: "X-Error-Code: EntryNotFound\r\n")
            })
        #expect(throws: ModelHubError.missingFile(name: "org/name", file: "tokenizer.json")) {
            try pull(hub)
        }
    }

    // MARK: Not what it claims to be

    @Test func otherBytesOfTheRightLengthAreThrownAway() throws {
        var other = SampleModel.weights
        other.bytes[500] ^= 1
        let served = other
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("model.safetensors") { ScriptedHub.answer(served, $0) })
        let error = #expect(throws: ModelHubError.self) { try pull(hub) }
        guard case .wrongDigest("model.safetensors", _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(bytes(partial) == nil)
        #expect(throws: ModelHubError.self) { try cache.snapshot(of: ModelName("org/name")) }
    }

    @Test func aMarkOfAnotherFileEndsTheTransferAtOnce() throws {
        var other = SampleModel.weights
        other.digest = String(repeating: "b", count: 64)
        let served = other
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("model.safetensors") { ScriptedHub.answer(served, $0) })
        let error = #expect(throws: ModelHubError.self) { try pull(hub) }
        guard case .wrongDigest = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aBodyLongerThanListedIsCutOff() throws {
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("config.json") { _ in
                .init([
                    .send("HTTP/1.1 200 OK\r\n\r\n"),
                    .sendBytes([UInt8](repeating: 32, count: 1 << 20)),
                ])
            })
        let error = #expect(throws: ModelHubError.self) { try pull(hub) }
        guard case .wrongLength("config.json", 21, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aBodyThatAlwaysEndsTooEarlyIsGivenUp() throws {
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("config.json") { request in
                request.header("Range") == nil
                    ? .json("{}") : .json("", status: "416 Range Not Satisfiable")
            })
        let error = #expect(throws: ModelHubError.self) { try pull(hub) }
        guard case .brokenOff("config.json", _, 21) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private static let listings = [
        #"{"sha":"\#(ScriptedHub.commit)","siblings":[{"rfilename":"../../x","size":1,"blobId":"\#(ScriptedHub.commit)"}]}"#,
        "not JSON", "{}", String(repeating: "[", count: 1000),
    ]

    @Test(arguments: listings)
    func aListingThatLeadsElsewhereWritesNothing(listing: String) throws {
        let hub = try ScriptedHub([], listing: listing)
        let error = #expect(throws: ModelHubError.self) { try pull(hub) }
        guard case .badListing = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("hub")))
    }

    @Test func aListingWithoutEndIsCutOff() throws {
        let hub = try ScriptedHub(
            [], listing: #"{"sha":""# + String(repeating: "a", count: 17 << 20))
        let error = #expect(throws: ModelHubError.self) { try pull(hub) }
        #expect(error?.description.contains("longer than") == true)
    }

    @Test func aModelThatNoDiskCouldHoldIsNotBegun() throws {
        var huge = ScriptedHub.listing(of: SampleModel.files)
        huge.replace(#""size":100000"#, with: #""size":1000000000000"#)
        let hub = try ScriptedHub(SampleModel.files, listing: huge)
        let error = #expect(throws: ModelHubError.self) { try pull(hub) }
        guard case .noRoom = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!hub.server.requests.contains { $0.target.hasSuffix("model.safetensors") })
    }

    // MARK: Where the token goes

    @Test func theTokenStaysWithTheHubWhenFilesLieElsewhere() throws {
        let store = try ScriptedServer(answering: { request in
            ScriptedHub.answer(SampleModel.weights, request)
        })
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("model.safetensors") { _ in
                .json(
                    "", status: "302 Found",
                    headers: "Location: http://127.0.0.1:\(store.port)/signed?key=1\r\n")
            })
        let outcome = try pull(hub, token: "hf_secret")
        #expect(bytes(outcome.path + "/model.safetensors") == SampleModel.weights.bytes)
        #expect(store.requests.count == 1)
        #expect(store.requests.allSatisfy { !$0.head.contains("hf_secret") })
        #expect(
            hub.server.requests.allSatisfy { $0.header("Authorization") == "Bearer hf_secret" })
    }

    @Test func aRedirectToAnotherMachineInTheClearIsRefused() throws {
        let hub = try ScriptedHub(
            SampleModel.files,
            fault: Self.fault("config.json") { _ in
                .json("", status: "302 Found", headers: "Location: http://example.com/x\r\n")
            })
        #expect(
            throws: ModelHubError.refusedRedirect(host: "127.0.0.1", to: "http://example.com/x")
        ) { try pull(hub) }
    }

    private static let endpoints = [
        "", "http://example.com", "ftp://127.0.0.1", "https://user:word@example.com",
        "https://example.com/?x=1", "huggingface.co",
    ]

    @Test(arguments: endpoints)
    func anEndpointThatCannotBeTrustedIsRefused(url: String) {
        #expect(throws: ModelHubError.self) { try HubEndpoint(url: url, token: nil) }
    }
}
