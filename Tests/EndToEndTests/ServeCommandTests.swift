import Foundation
import TestSupport
import Testing

/// `reel serve` as a whole, over real sockets.
@Suite struct ServeCommandTests {
    @Test func theProbesAndThePageAnswer() throws {
        let server = try ServedProgram()
        let live = try server.get("/livez")
        #expect(live.status == 200)
        #expect(live.text == "ok\n")
        let ready = try server.get("/readyz?verbose")
        #expect(ready.status == 200)
        #expect(ready.text == "[+]server runs\n[+]index nothing indexed yet\n")
        let page = try server.get("/")
        #expect(page.headers["content-type"] == "text/html; charset=utf-8")
        #expect(page.text.hasPrefix("<!doctype html>"))
        let tag = try #require(page.headers["etag"])
        let again = try server.get("/", headers: ["If-None-Match": tag])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
    }

    @Test func aHeadHasTheHeadersOfItsGet() throws {
        let server = try ServedProgram()
        let whole = try server.get("/")
        let head = try server.ask("HEAD", "/")
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.headers["content-length"] == "\(whole.body.count)")
        #expect(head.headers["etag"] == whole.headers["etag"])
    }

    @Test func aTermSignalEndsItWell() throws {
        let server = try ServedProgram()
        #expect(try server.get("/livez").status == 200)
        server.send(signal: SIGTERM)
        #expect(server.exitCode(within: 10) == 0)
    }
}
