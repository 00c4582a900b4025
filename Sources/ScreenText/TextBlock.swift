/// Rows of text that stand close together, to be read at once.
struct TextBlock: Equatable {
    /// Around the rows, without margin.
    var box: PixelBox
    /// Median height of its rows' small letters, in pixels.
    var letterHeight: Int
    /// Greatest height of a row's small letters, in pixels.
    var greatestLetterHeight: Int

    /// Rows closer than this many letters' heights stand in one block.
    private static let sideGap = 2.0
    private static let lineGap = 1.6

    /// From top to bottom, then from left to right.
    static func blocks(of rows: [PixelBox]) -> [TextBlock] {
        var groups = rows.map { Group(box: $0, heights: [$0.height]) }
        // Growing groups may come to touch others: again until nothing changes.
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            var joined: [Group] = []
            for group in groups {
                var group = group
                // From the end, so that a group taken out moves none that is still to be seen.
                for index in joined.indices.reversed() where group.touches(joined[index]) {
                    group.add(joined.remove(at: index))
                    hasChanged = true
                }
                joined.append(group)
            }
            groups = joined
        }
        return groups.map(\.block).sorted { ($0.box.y, $0.box.x) < ($1.box.y, $1.box.x) }
    }

    private struct Group {
        var box: PixelBox
        var heights: [Int]

        func touches(_ other: Group) -> Bool {
            let height = Double(
                max(heights[heights.count / 2], other.heights[other.heights.count / 2]))
            let (aside, above) = (Int(height * sideGap), Int(height * lineGap))
            let grown = PixelBox(
                left: box.x - aside, top: box.y - above, right: box.right + aside,
                bottom: box.bottom + above)
            return grown.overlaps(other.box)
        }

        mutating func add(_ other: Group) {
            box = box.union(other.box)
            heights = (heights + other.heights).sorted()
        }

        var block: TextBlock {
            TextBlock(
                box: box, letterHeight: heights[heights.count / 2],
                greatestLetterHeight: heights.last ?? 0)
        }
    }
}
