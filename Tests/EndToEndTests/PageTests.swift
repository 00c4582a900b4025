import Foundation
import TestSupport
import Testing

/// The page in a real browser over the real server. Each test ends with the same two demands:
/// nothing to complain about in the console, and nothing fetched from anywhere else.
@Suite(.serialized) struct PageTests {
    private static let settled =
        "document.querySelector('.hit-open') && !document.querySelector('.stage-dots')"
    private static let first = "document.querySelector('.hit .hit-open')?.firstChild.textContent"
    private static let video = "document.querySelector('#player video')"

    private func demo(
        width: Int = 1280, height: Int = 800, isDark: Bool = false, at place: String = ""
    ) throws -> (ServedProgram, Browser) {
        let server = try ServedProgram(library: DemoLibrary.path())
        let browser = try Browser(width: width, height: height, isDark: isDark)
        try browser.go(to: "http://\(server.address)/\(place)")
        return (server, browser)
    }

    /// Keeps a picture of the page for people: `.screenshots/NAME.png` in the checkout.
    private func keep(_ browser: Browser, as name: String) throws {
        let folder = BuiltProgram.checkout.appendingPathComponent(".screenshots")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try browser.screenshot().write(to: folder.appendingPathComponent("\(name).png"))
    }

    private func expectQuiet(
        _ browser: Browser, _ server: ServedProgram,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try browser.complaints() == [], sourceLocation: sourceLocation)
        let own = "http://\(server.address)/"
        let others = try browser.requests().filter {
            !$0.hasPrefix(own) && !$0.hasPrefix("data:") && !$0.hasPrefix("blob:\(own)")
                && !$0.hasPrefix("chrome:")
        }
        #expect(others == [], sourceLocation: sourceLocation)
    }

    @Test func aQueryFindsItsMomentAndPlaysThere() throws {
        let (server, browser) = try demo()
        try browser.wait(until: "document.querySelectorAll('.strip .asset').length > 3")
        // The box has the focus: nothing is clicked in this test.
        try browser.type("a tent at night")
        try browser.press(.enter)
        try browser.wait(until: Self.settled)
        #expect(try browser.text(Self.first) == "weather-report.mp4")
        try browser.press(.down)
        try browser.type("w")
        try browser.wait(until: "document.querySelector('.hit .evidence table')")
        try browser.press(.enter)
        try browser.wait(until: "\(Self.video)?.currentTime > 10")
        #expect(try browser.number("\(Self.video).currentTime") < 14.75)
        #expect(try browser.text("\(Self.video).textTracks[0]?.mode") == "showing")
        #expect(try browser.text("location.hash").contains("q=a+tent+at+night&asset="))
        try browser.press(.space)
        try browser.wait(until: "\(Self.video).paused")
        // A reload, or a link sent to somebody, shows the same.
        try browser.reload()
        try browser.wait(until: "\(Self.video)?.currentTime > 10 && \(Self.settled)")
        try browser.press(.escape)
        try browser.wait(until: "document.querySelector('#player').hidden")
        #expect(try !browser.text("location.hash").contains("asset="))
        try expectQuiet(browser, server)
    }

    @Test func wordsArriveBeforePicturesAndBackLeadsBack() throws {
        let (server, browser) = try demo(at: "#q=watering+tomatoes")
        try browser.wait(until: Self.settled)
        #expect(try browser.text(Self.first) == "garden-radio.ogg")
        #expect(
            try browser.text("document.querySelector('.hit mark').textContent.toLowerCase()")
                .hasPrefix("water"))
        try browser.click(".hit-open")
        try browser.wait(until: "document.querySelector('#player audio')?.currentTime > 0.5")
        try browser.back()
        try browser.wait(until: "document.querySelector('#player').hidden")
        try browser.run("document.querySelector('#query').select()")
        try browser.type("preheating the oven")
        try browser.wait(until: "\(Self.first) === 'apple-cake.mkv' && \(Self.settled)")
        try expectQuiet(browser, server)
    }

    @Test func aQuestionIsAnsweredAndItsSourcePlays() throws {
        let (server, browser) = try demo(at: "#q=how+long+does+the+cake+have+to+bake%3F")
        try browser.wait(until: Self.settled)
        try browser.click(".answer-head button")
        try browser.wait(until: "document.querySelector('.answer-text .cite')")
        let answer = try browser.text("document.querySelector('.answer-text').textContent")
        #expect(answer.contains("forty minutes"))
        try keep(browser, as: "answer")
        try browser.click(".answer-text .cite")
        try browser.wait(until: "\(Self.video)?.currentTime >= 10")
        #expect(
            try browser.text("document.querySelector('#player').textContent").contains(
                "apple-cake.mkv"))
        try expectQuiet(browser, server)
    }

    @Test(arguments: [(1280, false), (390, true)])
    func aCaseFindsItsPrecedentsAndStaysOutOfTheAddress(width: Int, isDark: Bool) throws {
        let server = try DemoCases.served()
        let browser = try Browser(width: width, height: 900, isDark: isDark)
        try browser.go(to: "http://\(server.address)/")
        try browser.wait(until: "!document.querySelector('[data-view=cases]').hidden")
        try browser.click("[data-view=cases]")
        try browser.wait(until: "document.activeElement?.id === 'case-facts'")
        #expect(
            try browser.text("document.querySelector('.case-count').textContent").contains("480"))
        try browser.type(DemoCases.fact + "<img src=x onerror=alert(1)>")
        try browser.click("#cases-view button[type=submit]")
        try browser.wait(until: "document.querySelector('.case-figures')")
        let shown = "document.querySelector('#case-outcome').textContent"
        let text = try browser.text(shown)
        #expect(text.contains("盗窃") && text.contains("An estimate from 5 precedents"))
        #expect(text.contains("not a judgement") && text.contains("累犯"))
        #expect(try browser.number("document.querySelectorAll('.case-hit').length") == 5)
        #expect(try browser.number("document.querySelectorAll('.case-elements').length") == 5)
        // Nothing wider than the window, nothing of the fact outside the box.
        #expect(
            try browser.number("document.documentElement.scrollWidth - innerWidth") <= 0)
        #expect(try browser.text("location.href").hasSuffix("/#view=cases"))
        let title = try browser.text("document.title + JSON.stringify(history.state)")
        #expect(!title.contains("王某"))
        #expect(try browser.requests().allSatisfy { !$0.contains("%E8%A2%AB") })
        try keep(browser, as: "cases-\(width)")
        try browser.run("document.querySelector('.case-estimate').scrollIntoView()")
        try keep(browser, as: "cases-precedents-\(width)")
        // A charge without any like it: the words decide, and its cases alone are looked at.
        try browser.run(
            """
            const charge = document.querySelector('#case-charge');
            charge.value = '故意伤害';
            document.querySelector('#cases-view form').requestSubmit();
            """)
        try browser.wait(
            until: "document.querySelector('.case-hit h3')?.textContent.includes('故意伤害')")
        try expectQuiet(browser, server)
    }

    @Test func withoutCasesThereIsNoTabForThem() throws {
        let folder = try TemporaryFolder()
        let server = try ServedProgram(environment: ["REEL_CASES": folder.path("none")])
        let browser = try Browser()
        try browser.go(to: "http://\(server.address)/#view=cases")
        try browser.wait(until: "document.querySelector('.case-count')")
        #expect(
            try browser.text("document.querySelector('.case-count').textContent").contains(
                "reel cases import"))
        #expect(try browser.text("document.querySelector('[data-view=cases]').hidden") == "true")
        try expectQuiet(browser, server)
    }

    private static let waysToGiveAPicture = ["chosen", "pasted", "dropped"]

    @Test(arguments: waysToGiveAPicture)
    func aPictureFindsItself(way: String) throws {
        let (server, browser) = try demo()
        let path = BuiltProgram.media + "/birthday.jpg"
        try browser.wait(until: "document.activeElement === document.querySelector('#query')")
        if way == "chosen" {
            try browser.choose(file: path, in: "#picture-file")
        } else {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path)).base64EncodedString()
            try browser.run(
                """
                const bytes = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
                const data = new DataTransfer();
                data.items.add(new File([bytes], "birthday.jpg", { type: "image/jpeg" }));
                const options = { bubbles: true, cancelable: true };
                if (arguments[1] === "pasted") {
                  document.body.dispatchEvent(
                    new ClipboardEvent("paste", { ...options, clipboardData: data }));
                } else {
                  for (const name of ["dragenter", "dragover", "drop"])
                    document.body.dispatchEvent(
                      new DragEvent(name, { ...options, dataTransfer: data }));
                }
                """, [bytes, way])
        }
        try browser.wait(until: Self.settled)
        #expect(try browser.text(Self.first) == "birthday.jpg")
        #expect(try browser.text("document.querySelector('#picture-chip').hidden") == "false")
        try browser.wait(until: "document.querySelector('#drop').hidden")
        try expectQuiet(browser, server)
    }

    @Test func aFolderIsAddedAndWhatCannotBeReadSaysWhy() throws {
        let folder = try TemporaryFolder()
        let root = folder.url.appendingPathComponent("films")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        // A name that would do harm as markup.
        let hostile = "<img src=x onerror=alert(1)>.mp4"
        try FileManager.default.copyItem(
            atPath: BuiltProgram.media + "/travel-diary.mp4",
            toPath: root.appendingPathComponent(hostile).path)
        try Data("no film at all".utf8).write(to: root.appendingPathComponent("torn.mp4"))
        let server = try ServedProgram(["--media-root", root.path])
        let browser = try Browser()
        try browser.go(to: "http://\(server.address)/")
        try browser.wait(until: "document.querySelector('.state.is-empty button')")
        try browser.click(".state.is-empty button")
        try browser.wait(until: "document.querySelector('.add-row button[type=submit]')")
        try browser.click(".add-row button[type=submit]")
        try browser.wait(within: 120, until: "document.querySelector('.job-state.is-succeeded')")
        try browser.wait(until: "document.querySelectorAll('.assets .asset').length === 1")
        #expect(
            try browser.text("document.querySelector('.assets .asset .name').textContent")
                == hostile)
        try browser.wait(
            until: "document.querySelector('.job .problems li')?.textContent.includes('torn.mp4')")
        try keep(browser, as: "library-added")
        // What was added is found at once.
        try browser.click("[data-view=search]")
        try browser.type("/red car")
        try browser.press(.enter)
        try browser.wait(until: Self.settled)
        #expect(try browser.text(Self.first) == hostile)
        #expect(try browser.number("document.querySelectorAll('img[src=x]').length") == 0)
        try expectQuiet(browser, server)
    }

    @Test func aSearchOfALibraryThatIsNotThereYetOffersToAddAFolder() throws {
        let server = try ServedProgram([])
        let browser = try Browser()
        try browser.go(to: "http://\(server.address)/#q=red+car")
        try browser.wait(until: "document.querySelector('#outcome .state.is-empty button')")
        #expect(
            try browser.text("document.querySelector('#outcome .state h2').textContent")
                == "The library is empty")
        #expect(try browser.text("document.querySelector('#answer').hidden") == "true")
    }

    @Test func aFileThatIsGoneIsNotBlamedOnTheBrowser() throws {
        let folder = try TemporaryFolder()
        let film = folder.path("travel-diary.mp4")
        try FileManager.default.copyItem(
            atPath: BuiltProgram.media + "/travel-diary.mp4", toPath: film)
        let library = folder.path("library")
        let run = try BuiltProgram.run(["--index", library, "--quiet", "index", film])
        try #require(run.exitCode == 0, "\(run.messages)")
        let server = try ServedProgram(library: library)
        let browser = try Browser()
        try FileManager.default.removeItem(atPath: film)
        try browser.go(to: "http://\(server.address)/#q=red+car")
        try browser.wait(until: Self.settled)
        try browser.click(".hit-open")
        try browser.wait(until: "document.querySelector('#player .fault')")
        let fault = try browser.text("document.querySelector('#player .fault').textContent")
        #expect(fault.contains("moved or deleted"))
        #expect(!fault.contains("browser"))
        #expect(try browser.number("document.querySelectorAll('#player .fault a').length") == 0)
        #expect(try browser.number("document.querySelectorAll('.film img').length") > 0)
    }

    @Test func aFileIsRemovedOnceThatIsConfirmedAndStaysOnTheDisk() throws {
        let folder = try TemporaryFolder()
        let root = folder.url.appendingPathComponent("films")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        for name in ["birthday.jpg", "travel-diary.mp4", "travel-diary.srt"] {
            try FileManager.default.copyItem(
                atPath: BuiltProgram.media + "/" + name,
                toPath: root.appendingPathComponent(name).path)
        }
        let library = folder.path("library")
        let run = try BuiltProgram.run(["--index", library, "--quiet", "index", root.path])
        try #require(run.exitCode == 0, "\(run.messages)")
        let server = try ServedProgram(library: library)
        let browser = try Browser()
        try browser.go(to: "http://\(server.address)/#view=library")
        try browser.wait(until: "document.querySelectorAll('.asset-remove').length === 2")
        func ask(about name: String) throws {
            try browser.run(
                "const card = [...document.querySelectorAll('.assets .asset')]"
                    + ".find((each) => each.textContent.includes(arguments[0])); card.focus();"
                    + "card.dispatchEvent(new KeyboardEvent('keydown', "
                    + "{ key: 'Delete', bubbles: true, cancelable: true }));", [name])
            try browser.wait(until: "document.querySelector('dialog.removal[open]')")
        }
        // The safe answer has the focus.
        try ask(about: "birthday.jpg")
        #expect(try browser.text("document.activeElement.textContent") == "Keep it")
        let text = try browser.text("document.querySelector('dialog.removal').textContent")
        #expect(text.contains("The file itself stays"))
        #expect(text.contains(root.resolvingSymlinksInPath().path + "/birthday.jpg"))
        try keep(browser, as: "removal")
        try browser.press(.enter)
        try browser.wait(until: "!document.querySelector('dialog.removal')")
        #expect(try browser.number("document.querySelectorAll('.assets .asset').length") == 2)

        try ask(about: "birthday.jpg")
        try browser.click("dialog.removal .is-danger")
        try browser.wait(until: "document.querySelectorAll('.assets .asset').length === 1")
        #expect(
            try browser.text("document.querySelector('.assets .asset .name').textContent")
                == "travel-diary.mp4")
        try browser.wait(
            until: "document.querySelector('details.is-quiet')?.textContent"
                + ".includes('1 file was removed')")
        #expect(
            try browser.text("document.querySelector('[aria-label=Problems]').hidden") == "true")
        #expect(
            FileManager.default.fileExists(atPath: root.appendingPathComponent("birthday.jpg").path)
        )
        try expectQuiet(browser, server)

        // A server that is gone is told where it was asked, and can be asked again.
        try ask(about: "travel-diary.mp4")
        server.send(signal: SIGKILL)
        _ = server.exitCode(within: 10)
        try browser.click("dialog.removal .is-danger")
        try browser.wait(
            until: "document.querySelector('dialog.removal [role=alert]')?.textContent"
                + ".includes('reel serve')")
        #expect(
            try browser.text("document.querySelector('dialog.removal .is-danger').textContent")
                == "Try again")
    }

    @Test func captionsSayTheirLanguage() throws {
        let folder = try TemporaryFolder()
        let root = folder.url.appendingPathComponent("films")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: BuiltProgram.media + "/travel-diary.mp4",
            toPath: root.appendingPathComponent("reise.mp4").path)
        try Data("1\n00:00:01,000 --> 00:00:04,000\nWir fahren ans Meer.\n".utf8)
            .write(to: root.appendingPathComponent("reise.de.srt"))
        let library = folder.path("library")
        let run = try BuiltProgram.run(["--index", library, "--quiet", "index", root.path])
        try #require(run.exitCode == 0, "\(run.messages)")
        let server = try ServedProgram(library: library)
        let browser = try Browser()
        try browser.go(to: "http://\(server.address)/#view=library")
        try browser.wait(until: "document.querySelector('.assets .asset')")
        try browser.click(".assets .asset")
        try browser.wait(until: "\(Self.video)?.textTracks.length === 1")
        #expect(try browser.text("\(Self.video).textTracks[0].language") == "de")
        #expect(try browser.text("\(Self.video).textTracks[0].label") == "Captions, German")
        try expectQuiet(browser, server)
    }

    @Test func withoutAMediaRootThePageSaysHowToAllowIt() throws {
        let (server, browser) = try demo(at: "#view=library")
        try browser.wait(until: "document.querySelectorAll('.assets .asset').length > 10")
        #expect(
            try browser.text("document.querySelector('.card').textContent")
                .contains("reel serve --media-root"))
        try expectQuiet(browser, server)
    }

    @Test func nothingFoundSaysWhatToTry() throws {
        let (server, browser) = try demo(at: "#q=zzyzx&channel=keywords")
        try browser.wait(until: "document.querySelector('.state.is-empty')")
        try browser.click(".state.is-empty button")
        try browser.wait(until: Self.settled)
        #expect(try browser.text("location.hash") == "#q=zzyzx")
        try expectQuiet(browser, server)
    }

    @Test func aServerThatIsGoneIsSaidSo() throws {
        let (server, browser) = try demo()
        try browser.wait(until: "document.querySelectorAll('.strip .asset').length > 3")
        server.send(signal: SIGKILL)
        _ = server.exitCode(within: 10)
        try browser.type("red car")
        try browser.press(.enter)
        try browser.wait(
            until: "document.querySelector('.state.is-error')?.textContent.includes('reel serve')")
    }

    private static let looks: [(name: String, width: Int, height: Int, isDark: Bool)] = [
        ("light", 1360, 860, false), ("dark", 1360, 860, true), ("phone", 320, 640, true),
    ]

    @Test(arguments: looks)
    func everyControlHasANameAndNothingIsWiderThanThePage(
        look: (name: String, width: Int, height: Int, isDark: Bool)
    ) throws {
        let (server, browser) = try demo(
            width: look.width, height: look.height, isDark: look.isDark)
        func inspect(_ view: String) throws {
            #expect(try namelessControls(browser) == [], "\(view), \(look.name)")
            #expect(
                try browser.number("document.documentElement.scrollWidth") <= Double(look.width),
                "\(view), \(look.name)")
            try keep(browser, as: "\(view)-\(look.name)")
        }
        try browser.wait(until: "document.querySelectorAll('.strip .asset').length > 3")
        try inspect("start")
        try browser.type("red car")
        try browser.press(.enter)
        try browser.wait(until: Self.settled)
        try browser.press(.down)
        try browser.type("w")
        try browser.wait(until: "document.querySelector('.evidence')")
        try inspect("results")
        try browser.press(.enter)
        try browser.wait(until: "\(Self.video)?.readyState > 1")
        try inspect("player")
        try browser.press(.escape)
        try browser.wait(until: "document.querySelector('#player').hidden")
        try browser.type("?")
        try browser.wait(until: "document.querySelector('dialog[open]')")
        try inspect("keys")
        try browser.press(.escape)
        try browser.type("l")
        try browser.wait(until: "document.querySelectorAll('.assets .asset').length > 10")
        try inspect("library")
        try expectQuiet(browser, server)
    }

    /// Controls that a screen reader could only call by their role.
    private func namelessControls(_ browser: Browser) throws -> [String] {
        let controls: Set = [
            "button", "link", "textbox", "searchbox", "checkbox", "combobox", "slider", "tab",
            "image", "DisclosureTriangle", "dialog", "navigation", "progressIndicator",
        ]
        let tree = try browser.command("Accessibility.getFullAXTree") as? [String: Any]
        let nodes = try #require(tree?["nodes"] as? [[String: Any]])
        func value(_ node: [String: Any], _ name: String) -> String {
            (node[name] as? [String: Any])?["value"] as? String ?? ""
        }
        let seen = nodes.filter { $0["ignored"] as? Bool == false }
        #expect(seen.count { controls.contains(value($0, "role")) } > 1)
        return seen.filter { node in
            controls.contains(value(node, "role"))
                && value(node, "name").trimmingCharacters(in: .whitespaces).isEmpty
        }.map { value($0, "role") + " \($0["backendDOMNodeId"] ?? "")" }
    }
}
