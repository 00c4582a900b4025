import CKernels
package import Corpus

/// Tells in well under a millisecond whether a picture may hold text, and where.
///
/// Letters are strong edges that follow each other closely along a row of pixels, in bands with few
/// edges above and below. Bands are looked for in the picture, at half its size and at a quarter,
/// because each size of letters suits one of them. What looks like a band and is none, such as
/// foliage, mostly has more than two levels of brightness.
package struct TextLikelihood: Sendable {
    /// Least difference of brightness, two pixels apart, that counts as an edge, 0…255.
    private static let edgeThreshold: UInt8 = 36
    /// See `reel_two_level_share`.
    private static let leastTwoLevelShare: Float = 0.7
    private static let sizes = 3
    /// Most rows of text looked at in each size of the picture.
    private static let capacity = 256

    package init() {}

    package func mayHoldText(_ picture: Picture) -> Bool { !rows(in: GreyPicture(picture)).isEmpty }

    /// Where rows of letters may stand, each possibly found more than once, or in several pieces:
    /// from the top of the small letters to their base line, in pixels of `picture`.
    func rows(in picture: GreyPicture) -> [PixelBox] {
        var found: [PixelBox] = []
        var scale = 1
        var current = picture
        for size in 0..<Self.sizes {
            if size > 0 {
                guard current.width >= 96, current.height >= 48 else { break }
                current = current.halved()
                scale *= 2
            }
            found += rows(inOneSize: current).map { $0.scaled(by: scale) }
        }
        return found
    }

    private func rows(inOneSize picture: GreyPicture) -> [PixelBox] {
        let (width, height) = (picture.width, picture.height)
        let stretch = reel_edge_stretch
        let stretches = (width + stretch - 1) / stretch
        var counts = [UInt8](repeating: 0, count: 2 * stretches * height)
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: reel_text_rows_scratch(stretches, height), alignment: 16)
        defer { scratch.deallocate() }
        return picture.pixels.withUnsafeBufferPointer { grey in
            let rows = [reel_text_row](unsafeUninitializedCapacity: Self.capacity) { rows, count in
                counts.withUnsafeMutableBufferPointer { counts in
                    guard let rises = counts.baseAddress else { return }
                    let falls = rises + stretches * height
                    reel_count_edges(
                        grey.baseAddress, width, height, Self.edgeThreshold, rises, falls)
                    count = reel_find_text_rows(
                        rises, falls, stretches, height, scratch, rows.baseAddress, Self.capacity)
                }
            }
            return rows.compactMap { row in
                let box = PixelBox(
                    left: Int(row.left) * stretch, top: Int(row.top),
                    right: min(width, Int(row.right) * stretch), bottom: Int(row.bottom))
                let share = reel_two_level_share(
                    grey.baseAddress, width, box.x, box.y, box.right, box.bottom)
                return share >= Self.leastTwoLevelShare ? box : nil
            }
        }
    }
}
