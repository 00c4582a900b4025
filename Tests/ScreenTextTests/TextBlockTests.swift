import Testing

@testable import ScreenText

struct TextBlockTests {
    @Test func linesThatStandCloseAreOneBlockAndColumnsAreTwo() {
        let left = (0..<3).map { PixelBox(x: 10, y: 20 + 30 * $0, width: 100, height: 12) }
        let right = (0..<2).map { PixelBox(x: 200, y: 20 + 30 * $0, width: 100, height: 12) }
        let blocks = TextBlock.blocks(of: left + right)
        #expect(
            blocks.map(\.box) == [
                PixelBox(x: 10, y: 20, width: 100, height: 72),
                PixelBox(x: 200, y: 20, width: 100, height: 42),
            ])
        #expect(blocks.map(\.letterHeight) == [12, 12])
    }

    @Test func blocksThatOnlyTouchThroughAThirdAreJoined() {
        let boxes = [
            PixelBox(x: 0, y: 0, width: 50, height: 10),
            PixelBox(x: 100, y: 0, width: 50, height: 10),
            PixelBox(x: 60, y: 0, width: 30, height: 10),
        ]
        #expect(TextBlock.blocks(of: boxes).count == 1)
        #expect(TextBlock.blocks(of: []).isEmpty)
    }
}
