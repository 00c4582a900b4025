/// An answer written without libevent, for connections whose bytes its parser must not see.
enum RefusalAnswer {
    static func bytes(of problem: Problem) -> [UInt8] {
        let response = problem.response
        let body = problem.json
        var head = "HTTP/1.1 \(problem.status) \(StatusText.of(problem.status))\r\n"
        let headers =
            response.headers + SecurityHeaders.all
            + [
                ("Cache-Control", "no-store"), ("Content-Length", String(body.count)),
                ("Connection", "close"),
            ]
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }
}
