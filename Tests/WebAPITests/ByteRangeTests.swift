import Testing

@testable import WebAPI

@Suite struct ByteRangeTests {
    private struct Row {
        var header: String?
        var size = 1000
        var expected: ByteRange
    }

    private static let rows: [Row] = [
        Row(header: nil, expected: .whole),
        Row(header: "bytes=0-499", expected: .part(0..<500)),
        Row(header: "bytes=500-", expected: .part(500..<1000)),
        Row(header: "bytes=-500", expected: .part(500..<1000)),
        Row(header: "bytes=0-0", expected: .part(0..<1)),
        Row(header: "bytes=999-999", expected: .part(999..<1000)),
        Row(header: "bytes=999-", expected: .part(999..<1000)),
        Row(header: "bytes=0-", expected: .part(0..<1000)),
        Row(header: "BYTES=1-2", expected: .part(1..<3)),
        Row(header: "bytes= 1-2 ", expected: .part(1..<3)),
        Row(header: "bytes=,1-2,", expected: .part(1..<3)),
        // Past the end is cut off.
        Row(header: "bytes=900-5000", expected: .part(900..<1000)),
        Row(header: "bytes=-5000", expected: .part(0..<1000)),
        Row(header: "bytes=0-99999999999999999999999", expected: .part(0..<1000)),
        Row(header: "bytes=-99999999999999999999999", expected: .part(0..<1000)),
        Row(header: "bytes=0-9223372036854775807", expected: .part(0..<1000)),
        // Behind the end.
        Row(header: "bytes=1000-", expected: .unsatisfiable),
        Row(header: "bytes=1000-2000", expected: .unsatisfiable),
        Row(header: "bytes=99999999999999999999999-", expected: .unsatisfiable),
        Row(header: "bytes=-0", expected: .unsatisfiable),
        Row(header: "bytes=0-", size: 0, expected: .unsatisfiable),
        Row(header: "bytes=-1", size: 0, expected: .unsatisfiable),
        // Malformed, of another unit, or several: as if nothing was asked.
        Row(header: "bytes=5-2", expected: .whole),
        Row(header: "bytes=", expected: .whole),
        Row(header: "bytes=-", expected: .whole),
        Row(header: "bytes", expected: .whole),
        Row(header: "bytes=a-b", expected: .whole),
        Row(header: "bytes=+1-2", expected: .whole),
        Row(header: "bytes=1-2-3", expected: .whole),
        Row(header: "bytes=--1", expected: .whole),
        Row(header: "bytes=1 -2", expected: .whole),
        Row(header: "bytes=0x1-2", expected: .whole),
        Row(header: "bytes=１-２", expected: .whole),
        Row(header: "items=0-4", expected: .whole),
        Row(header: "bytes=0-1,4-5", expected: .whole),
        Row(header: "bytes=0-1, bytes=4-5", expected: .whole),
        Row(header: "", expected: .whole),
    ]

    @Test(arguments: rows.indices)
    func theHeaderIsReadAsTheStandardSays(index: Int) {
        let row = Self.rows[index]
        #expect(ByteRange(row.header, size: row.size) == row.expected, "\(row.header ?? "none")")
    }
}
