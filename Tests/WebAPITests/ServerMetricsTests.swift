import Testing

@testable import WebAPI

@Suite struct ServerMetricsTests {
    @Test func latenciesAddUp() {
        let metrics = ServerMetrics()
        for seconds in [0.0005, 0.001, 0.02, 99] {
            metrics.answered(.get, "/v1/assets/{id}", status: 200, seconds: seconds)
        }
        metrics.refused(.host)
        let lines = metrics.text().split(separator: "\n").map(String.init)
        let route = #"route="/v1/assets/{id}""#
        let name = "reel_http_request_duration_seconds"
        for expected in [
            #"reel_http_requests_total{\#(route),method="GET",code="200"} 4"#,
            #"reel_http_refusals_total{reason="host"} 1"#,
            #"\#(name)_bucket{\#(route),le="0.001"} 2"#,
            #"\#(name)_bucket{\#(route),le="0.01"} 2"#,
            #"\#(name)_bucket{\#(route),le="0.025"} 3"#,
            #"\#(name)_bucket{\#(route),le="10.0"} 3"#,
            #"\#(name)_bucket{\#(route),le="+Inf"} 4"#,
            #"\#(name)_count{\#(route)} 4"#,
        ] {
            #expect(lines.contains(expected), "\(expected)")
        }
        let resident = lines.first { $0.hasPrefix("process_resident_memory_bytes ") }
        #expect(resident.flatMap { Double($0.split(separator: " ")[1]) } ?? 0 > 1e6)
    }

    /// Every sample follows the type of its metric, all samples of a metric stand together, and
    /// none is there twice.
    @Test func theTextIsWellFormed() {
        let metrics = ServerMetrics()
        metrics.answered(.get, "/", status: 200, seconds: 1)
        metrics.answered(.head, "/", status: 304, seconds: 1)
        metrics.add { $0.single("reel_extra", .gauge, "More,\nand \\.", 0.5) }
        let text = metrics.text()
        #expect(text.hasSuffix("\nreel_extra 0.5\n"))
        #expect(text.contains("# HELP reel_extra More,\\nand \\\\.\n"))
        var current = ""
        var seen: Set<Substring> = []
        for line in text.split(separator: "\n") where !line.hasPrefix("# HELP") {
            if line.hasPrefix("# TYPE ") {
                current = String(line.split(separator: " ")[2])
                #expect(seen.insert(line).inserted)
                continue
            }
            #expect(line.hasPrefix(current), "\(line)")
            let sample = line.prefix(upTo: line.lastIndex(of: " ") ?? line.endIndex)
            #expect(seen.insert(sample).inserted, "\(line)")
        }
    }

    @Test func labelsAreEscaped() {
        var text = PrometheusText()
        text.sample("a", [("b", "c\"d\\e\nf")], 1.5)
        #expect(text.text == "a{b=\"c\\\"d\\\\e\\nf\"} 1.5\n")
    }
}
