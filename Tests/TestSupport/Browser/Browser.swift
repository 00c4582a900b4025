package import Foundation
internal import Glibc

/// Debian's Chromium without a window, driven as WebDriver says (https://www.w3.org/TR/webdriver2/)
/// through its chromedriver.
package final class Browser {
    package struct Failed: Error, CustomStringConvertible {
        package var description: String
    }

    private let driver: Process
    private let port: Int
    private var session = ""
    private let scratch: TemporaryFolder

    /// - Parameters:
    ///   - width: of the page in CSS pixels; below 600 as a phone.
    ///   - isDark: what the system prefers.
    package init(width: Int = 1280, height: Int = 800, isDark: Bool = false) throws {
        for tool in ["/usr/bin/chromium", "/usr/bin/chromedriver"]
        where !FileManager.default.isExecutableFile(atPath: tool) {
            throw Failed(
                description:
                    "The page is tested in Chromium, and \(tool) is not there. Install it: "
                    + "apt-get install chromium chromium-driver")
        }
        scratch = try TemporaryFolder()
        driver = Process()
        driver.executableURL = URL(fileURLWithPath: "/usr/bin/chromedriver")
        driver.arguments = ["--port=0", "--log-level=SEVERE"]
        let output = URL(fileURLWithPath: scratch.path("driver"))
        try Data().write(to: output)
        let log = try FileHandle(forUpdating: output)
        driver.standardOutput = log
        driver.standardError = log
        try driver.run()
        let deadline = Date.now.addingTimeInterval(30)
        var port: Int?
        while port == nil, driver.isRunning, Date.now < deadline {
            // "ChromeDriver was started successfully on port 40123."
            let text = String(decoding: (try? Data(contentsOf: output)) ?? Data(), as: UTF8.self)
            port = text.components(separatedBy: "successfully on port ").dropFirst().first
                .flatMap { Int($0.prefix { $0.isNumber }) }
            if port == nil { usleep(10_000) }
        }
        guard let port else {
            if driver.isRunning { driver.terminate() }
            throw Failed(description: "chromedriver did not start within 30 s.")
        }
        self.port = port
        try open(width: width, height: height)
        try command(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]]])
        try command(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
    }

    deinit {
        if !session.isEmpty { _ = try? ask("DELETE", "") }
        driver.terminate()
        driver.waitUntilExit()
    }

    private func open(width: Int, height: Int) throws {
        let arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", "--window-size=\(width),\(height)",
            "--user-data-dir=\(scratch.path("profile"))",
        ]
        let wanted: [String: Any] = [
            "goog:chromeOptions": ["binary": "/usr/bin/chromium", "args": arguments],
            "goog:loggingPrefs": ["browser": "ALL", "performance": "ALL"],
        ]
        let value = try send(
            "POST", "/session", ["capabilities": ["alwaysMatch": wanted]])
        guard let id = (value as? [String: Any])?["sessionId"] as? String else {
            throw Failed(description: "chromedriver opened no session: \(value ?? "nothing")")
        }
        session = id
    }

    // MARK: Where it is

    package func go(to address: String) throws { _ = try ask("POST", "/url", ["url": address]) }

    package func back() throws { _ = try ask("POST", "/back", [:]) }

    package func reload() throws { _ = try ask("POST", "/refresh", [:]) }

    // MARK: What people do

    /// Types into whatever has the focus, as a keyboard does.
    package func type(_ text: String) throws {
        let keys = text.map(String.init).flatMap { key in
            [["type": "keyDown", "value": key], ["type": "keyUp", "value": key]]
        }
        _ = try ask(
            "POST", "/actions", ["actions": [["type": "key", "id": "keys", "actions": keys]]])
    }

    package func press(_ key: Key) throws { try type(key.rawValue) }

    /// Keys that are no letters: https://www.w3.org/TR/webdriver2/#keyboard-actions
    package enum Key: String {
        case enter = "\u{E007}"
        case escape = "\u{E00C}"
        case tab = "\u{E004}"
        case down = "\u{E015}"
        case up = "\u{E013}"
        case space = " "
    }

    package func click(_ selector: String) throws {
        _ = try ask("POST", "/element/\(try element(selector))/click", [:])
    }

    /// Puts a file into a file input.
    package func choose(file path: String, in selector: String) throws {
        _ = try ask("POST", "/element/\(try element(selector))/value", ["text": path])
    }

    private func element(_ selector: String) throws -> String {
        let found = try ask(
            "POST", "/element", ["using": "css selector", "value": selector])
        guard let id = (found as? [String: String])?.values.first else {
            throw Failed(description: "There is no \(selector) on the page.")
        }
        return id
    }

    // MARK: What is there

    /// Runs a script in the page: the body of a function, with `arguments`.
    @discardableResult
    package func run(_ script: String, _ arguments: [Any] = []) throws -> Any? {
        try ask("POST", "/execute/sync", ["script": script, "args": arguments])
    }

    /// What an expression is as text; empty for null and undefined.
    package func text(_ expression: String) throws -> String {
        try run("return String((\(expression)) ?? '')") as? String ?? ""
    }

    package func number(_ expression: String) throws -> Double {
        (try run("return Number(\(expression))") as? NSNumber)?.doubleValue ?? .nan
    }

    /// Waits until an expression is true.
    package func wait(within seconds: Double = 60, until expression: String) throws {
        let deadline = Date.now.addingTimeInterval(seconds)
        while Date.now < deadline {
            if (try? run("return Boolean(\(expression))")) as? Bool == true { return }
            usleep(50_000)
        }
        throw Failed(
            description: "After \(Int(seconds)) s this is still not so: \(expression). The page: "
                + ((try? text("document.body.innerText.slice(0, 900)")) ?? "gone"))
    }

    /// One of Chromium's own commands: https://chromedevtools.github.io/devtools-protocol/
    @discardableResult
    package func command(_ name: String, _ parameters: [String: Any] = [:]) throws -> Any? {
        try ask("POST", "/goog/cdp/execute", ["cmd": name, "params": parameters])
    }

    /// Since it was last asked: what the page wrote to the console, and what the browser had to say
    /// about it, such as refusals by its policy. Without plain notes.
    package func complaints() throws -> [String] {
        try log("browser").filter { ["SEVERE", "WARNING"].contains($0["level"] as? String ?? "") }
            .map { $0["message"] as? String ?? "" }
    }

    /// Since it was last asked: all addresses that were fetched.
    package func requests() throws -> [String] {
        try log("performance").compactMap { entry in
            let text = entry["message"] as? String ?? ""
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            let message = object?["message"] as? [String: Any]
            guard message?["method"] as? String == "Network.requestWillBeSent" else { return nil }
            let parameters = message?["params"] as? [String: Any]
            return (parameters?["request"] as? [String: Any])?["url"] as? String
        }
    }

    private func log(_ kind: String) throws -> [[String: Any]] {
        try ask("POST", "/se/log", ["type": kind]) as? [[String: Any]] ?? []
    }

    /// The page as a PNG.
    package func screenshot() throws -> Data {
        guard let text = try ask("GET", "/screenshot") as? String,
            let data = Data(base64Encoded: text)
        else { throw Failed(description: "chromedriver gave no picture of the page.") }
        return data
    }

    // MARK: The protocol

    private func ask(_ method: String, _ path: String, _ body: [String: Any]? = nil) throws -> Any?
    {
        try send(method, "/session/\(session)\(path)", body)
    }

    private func send(_ method: String, _ path: String, _ body: [String: Any]?) throws -> Any? {
        let socket = try RawSocket(port: port)
        let bytes = try body.map { Array(try JSONSerialization.data(withJSONObject: $0)) } ?? []
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(bytes.count)\r\n\r\n"
        try socket.send(Array(head.utf8) + bytes)
        let answer = try RawAnswer(socket.readToEnd(within: 120))
        let value = try answer.object()["value"]
        guard answer.status == 200 else {
            let error = value as? [String: Any]
            throw Failed(
                description: "\(method) \(path): \(error?["message"] as? String ?? answer.text)")
        }
        return value
    }
}
