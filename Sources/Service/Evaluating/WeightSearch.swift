internal import Corpus

/// Looks for the channel weights that answer a set of queries best.
///
/// Only proportions count, so weights are points of a simplex: first a coarse grid, then the
/// neighbours of the best point in finer steps while that helps.
struct WeightSearch {
    /// Steps from one corner of the simplex to the next, coarse and then finer.
    private static let grids = [4, 8, 16]

    let channels: [Channel]
    /// The best weights found, largest 1. Of equally good ones those nearest to `current`, which
    /// itself wins every tie.
    /// - Parameter quality: how good some weights are; more is better. Asked once for each point.
    ///   Whether rankings come from searching anew or from the channels' findings, kept and merged
    ///   again, is for the caller to decide.
    func best(
        startingAt current: [Channel: Double],
        by quality: ([Channel: Double]) throws -> Double
    ) throws -> [Channel: Double] {
        let start = proportions(current)
        var best = (point: start, quality: try quality(current))
        var seen: Set<[Double]> = [start]

        func consider(_ points: [[Double]]) throws -> Bool {
            let fresh = points.filter { seen.insert($0).inserted }
                .map { (point: $0, distance: Self.distance($0, start)) }
                .sorted {
                    ($0.distance, $1.point.description) < ($1.distance, $0.point.description)
                }
            var isBetter = false
            for (point, _) in fresh {
                let found = try quality(weights(point))
                guard found > best.quality + 1e-9 else { continue }
                best = (point, found)
                isBetter = true
            }
            return isBetter
        }
        _ = try consider(Self.grid(dimensions: channels.count, steps: Self.grids[0]))
        for steps in Self.grids {
            while try consider(Self.neighbours(of: best.point, step: 1 / Double(steps))) {}
        }
        return best.point == start ? current : weights(best.point)
    }

    private func proportions(_ weights: [Channel: Double]) -> [Double] {
        let total = channels.reduce(0) { $0 + (weights[$1] ?? 0) }
        return channels.map { (weights[$0] ?? 0) / total }
    }

    /// As people write weights: the largest is 1, with three decimals.
    private func weights(_ point: [Double]) -> [Channel: Double] {
        let largest = point.max() ?? 1
        return Dictionary(
            uniqueKeysWithValues: zip(channels, point).map {
                ($0, ($1 / largest * 1000).rounded() / 1000)
            })
    }

    private static func distance(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + abs($1.0 - $1.1) }
    }

    /// All points whose coordinates are multiples of 1 / steps and add up to 1.
    static func grid(dimensions: Int, steps: Int) -> [[Double]] {
        func counts(_ dimensions: Int, _ left: Int) -> [[Int]] {
            guard dimensions > 1 else { return [[left]] }
            return (0...left).flatMap { first in
                counts(dimensions - 1, left - first).map { [first] + $0 }
            }
        }
        guard dimensions > 0 else { return [] }
        return counts(dimensions, steps).map { $0.map { Double($0) / Double(steps) } }
    }

    /// A step taken from one coordinate and given to another.
    private static func neighbours(of point: [Double], step: Double) -> [[Double]] {
        point.indices.flatMap { from in
            point.indices.compactMap { to in
                guard from != to, point[from] > 0 else { return nil }
                let share = min(step, point[from])
                var moved = point
                moved[from] -= share
                moved[to] += share
                return moved
            }
        }
    }
}
