internal import Glibc
internal import Service
internal import Synchronization

/// Counts of what the server did, for `/metrics`. Labels are route patterns, never addresses: no
/// query and no file name gets in.
package final class ServerMetrics: Sendable {
    /// Seconds; the last bucket is +Inf.
    private static let bounds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private struct Key: Hashable, Comparable {
        var route: String
        var method: String
        var status: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.route, left.method, left.status) < (right.route, right.method, right.status)
        }
    }

    private struct Latencies {
        /// Per bound, and one for what is above all.
        var counts = [Int](repeating: 0, count: ServerMetrics.bounds.count + 1)
        var seconds = 0.0
    }

    private struct State {
        var requests: [Key: Int] = [:]
        var latencies: [String: Latencies] = [:]
        var refusals: [Refusal.Reason: Int] = [:]
        var connections = 0
        var inFlight = 0
        var streams = 0
        var abandoned = 0
        var sentBytes = 0
    }

    private let state = Mutex(State())
    private let sources = Mutex<[@Sendable (inout PrometheusText) -> Void]>([])
    private let started = monotonicSeconds()

    package init() {}

    // MARK: Counting

    func answered(_ method: HTTPMethod, _ pattern: String, status: Int, seconds: Double) {
        state.withLock { state in
            let key = Key(route: pattern, method: method.rawValue, status: status)
            state.requests[key, default: 0] += 1
            let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
            state.latencies[pattern, default: Latencies()].counts[bucket] += 1
            state.latencies[pattern, default: Latencies()].seconds += seconds
        }
    }

    func refused(_ reason: Refusal.Reason) {
        state.withLock { $0.refusals[reason, default: 0] += 1 }
    }

    func clientLeft() { state.withLock { $0.abandoned += 1 } }

    func sent(bytes: Int) { state.withLock { $0.sentBytes += bytes } }

    func set(connections: Int, inFlight: Int, streams: Int) {
        state.withLock {
            $0.connections = connections
            $0.inFlight = inFlight
            $0.streams = streams
        }
    }

    // MARK: Telling

    /// Metrics of others, such as the library's: asked each time, on a worker's thread.
    package func add(_ source: @escaping @Sendable (inout PrometheusText) -> Void) {
        sources.withLock { $0.append(source) }
    }

    package func text() -> String {
        let state = state.withLock { $0 }
        var text = PrometheusText()
        text.metric("reel_build_info", .gauge, "Version of reel.")
        text.sample("reel_build_info", [("version", Application.version)], 1)
        Self.addRequests(of: state, to: &text)
        text.single(
            "reel_http_connections", .gauge, "Open connections.", Double(state.connections))
        text.single(
            "reel_http_requests_in_flight", .gauge, "Requests that wait for their answer.",
            Double(state.inFlight))
        text.single(
            "reel_http_streams", .gauge, "Answers that are written piece by piece.",
            Double(state.streams))
        text.single(
            "reel_http_abandoned_total", .counter, "Requests whose client left before the answer.",
            Double(state.abandoned))
        text.single(
            "reel_http_sent_bytes_total", .counter, "Bytes that clients took.",
            Double(state.sentBytes))
        addProcess(to: &text)
        for source in sources.withLock({ $0 }) { source(&text) }
        return text.text
    }

    private static func addRequests(of state: State, to text: inout PrometheusText) {
        text.metric("reel_http_requests_total", .counter, "Requests answered by a route.")
        for (key, count) in state.requests.sorted(by: { $0.key < $1.key }) {
            text.sample(
                "reel_http_requests_total",
                [("route", key.route), ("method", key.method), ("code", String(key.status))],
                Double(count))
        }
        text.metric(
            "reel_http_refusals_total", .counter, "Requests turned away before any route.")
        for reason in Refusal.Reason.allCases {
            text.sample(
                "reel_http_refusals_total", [("reason", reason.rawValue)],
                Double(state.refusals[reason] ?? 0))
        }
        let name = "reel_http_request_duration_seconds"
        text.metric(name, .histogram, "From the end of a request's head to its answer.")
        for (route, latencies) in state.latencies.sorted(by: { $0.key < $1.key }) {
            var total = 0
            for (count, bound) in zip(latencies.counts, bounds.map { String($0) } + ["+Inf"]) {
                total += count
                text.sample(name + "_bucket", [("route", route), ("le", bound)], Double(total))
            }
            text.sample(name + "_sum", [("route", route)], latencies.seconds)
            text.sample(name + "_count", [("route", route)], Double(total))
        }
    }

    private func addProcess(to text: inout PrometheusText) {
        let process = ProcessFigures()
        text.single(
            "process_resident_memory_bytes", .gauge, "Resident memory.",
            Double(process.residentBytes))
        text.single("process_open_fds", .gauge, "Open descriptors.", Double(process.descriptors))
        text.single(
            "process_cpu_seconds_total", .counter, "Processor time.", process.processorSeconds)
        text.single(
            "reel_uptime_seconds", .gauge, "Since the server was made.",
            monotonicSeconds() - started)
    }
}

/// Seconds of a clock that nobody sets.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
