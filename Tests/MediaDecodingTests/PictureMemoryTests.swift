import CFFmpeg
import Foundation
import Testing

@testable import MediaDecoding

@Suite struct PictureMemoryTests {
    /// A pixel format: of each plane, how many times fewer columns and rows it has, and the bytes of
    /// a sample.
    private struct Layout: Sendable, CustomTestStringConvertible {
        let name: String
        let planes: [(columns: Int, rows: Int, bytes: Int)]
        let encoder: [String]
        let container: String

        var testDescription: String { name }
    }

    private static let layouts: [Layout] = [
        Layout(
            name: "yuv420p", planes: [(1, 1, 1), (2, 2, 1), (2, 2, 1)],
            encoder: ["-c:v", "libx264", "-preset", "ultrafast"], container: "mp4"),
        Layout(
            name: "yuv444p", planes: [(1, 1, 1), (1, 1, 1), (1, 1, 1)],
            encoder: ["-c:v", "libx264", "-preset", "ultrafast"], container: "mkv"),
        Layout(
            name: "yuv420p10le", planes: [(1, 1, 2), (2, 2, 2), (2, 2, 2)],
            encoder: ["-c:v", "libx265", "-preset", "ultrafast"], container: "mp4"),
        Layout(
            name: "yuv422p10le", planes: [(1, 1, 2), (2, 1, 2), (2, 1, 2)],
            encoder: ["-c:v", "prores"], container: "mov"),
        Layout(
            name: "yuvj420p", planes: [(1, 1, 1), (2, 2, 1), (2, 2, 1)],
            encoder: ["-c:v", "mjpeg"], container: "avi"),
        Layout(
            name: "yuv420p", planes: [(1, 1, 1), (2, 2, 1), (2, 2, 1)],
            encoder: ["-c:v", "libvpx-vp9", "-cpu-used", "8"], container: "webm"),
        Layout(
            name: "rgb24", planes: [(1, 1, 3)], encoder: ["-c:v", "png"], container: "mkv"),
        Layout(
            name: "gray", planes: [(1, 1, 1)], encoder: ["-c:v", "png"], container: "mkv"),
    ]

    /// Sides that are no multiples of a decoder's blocks.
    private static let (width, height) = (202, 118)

    private func film(_ layout: Layout) throws -> String {
        try SampleMedia.make(
            "memory-\(layout.name)-\(layout.encoder[1]).\(layout.container)",
            [
                "-f", "lavfi", "-i", "testsrc2=s=\(Self.width)x\(Self.height):r=10:d=2",
                "-pix_fmt", layout.name, "-g", "7", "-threads", "1",
            ] + layout.encoder)
    }

    /// What is shown of a frame, plane after plane.
    private func samples(_ frame: AVFrame, _ layout: Layout) -> [UInt8] {
        let data = [frame.data.0, frame.data.1, frame.data.2]
        let strides = [frame.linesize.0, frame.linesize.1, frame.linesize.2]
        var samples: [UInt8] = []
        for (index, plane) in layout.planes.enumerated() {
            let columns = (Self.width + plane.columns - 1) / plane.columns
            let rows = (Self.height + plane.rows - 1) / plane.rows
            guard let start = data[index] else { return [] }
            for row in 0..<rows {
                let line = start + row * Int(strides[index])
                samples += UnsafeBufferPointer(start: line, count: columns * plane.bytes)
            }
        }
        return samples
    }

    private func packets(_ reader: ContainerReader) -> [UnsafeMutablePointer<AVPacket>] {
        var packets: [UnsafeMutablePointer<AVPacket>] = []
        while let packet = reader.nextPacket(), let copy = av_packet_clone(packet) {
            packets.append(copy)
        }
        return packets
    }

    private func free(_ packets: [UnsafeMutablePointer<AVPacket>]) {
        for packet in packets {
            var packet: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&packet)
        }
    }

    private func decode(
        _ packets: [UnsafeMutablePointer<AVPacket>], by decoder: StreamDecoder,
        _ body: (UnsafeMutablePointer<AVFrame>) -> Void
    ) throws {
        for packet in packets { try decoder.decode(packet, body) }
        try decoder.decode(nil, body)
        decoder.startAnew()
    }

    @Test(arguments: layouts)
    private func picturesAreThoseThatFFmpegDecodes(_ layout: Layout) throws {
        let path = try film(layout)
        let raw = try SampleMedia.make(
            "memory-\(layout.name)-\(layout.encoder[1]).raw",
            ["-i", path, "-f", "rawvideo", "-pix_fmt", layout.name])
        let reader = try ContainerReader(
            file: RegularFile(path: Array(path.utf8)), limits: DecodingLimits())
        let decoder = try StreamDecoder(reader: reader, streamIndex: 0, threads: 2)
        let packets = packets(reader)
        defer { free(packets) }
        var found: [UInt8] = []
        try decode(packets, by: decoder) { found += samples($0.pointee, layout) }
        let expected = try SampleMedia.bytes(raw)
        #expect(found.count == expected.count && found == expected)
    }

    @Test func decodersOfOneFileShareTheirMemory() throws {
        let path = try film(Self.layouts[0])
        let reader = try ContainerReader(
            file: RegularFile(path: Array(path.utf8)), limits: DecodingLimits())
        let first = try StreamDecoder(reader: reader, streamIndex: 0)
        let second = try StreamDecoder(reader: reader, streamIndex: 0)
        let packets = packets(reader)
        defer { free(packets) }
        var places: [Set<UnsafeMutablePointer<UInt8>>] = [[], []]
        for (index, decoder) in [first, second].enumerated() {
            try decode(packets, by: decoder) { frame in
                if let start = frame.pointee.data.0 { places[index].insert(start) }
            }
        }
        #expect(!places[0].isEmpty && places[1].isSubset(of: places[0]))
    }

    @Test func picturesOutliveDecoderAndFile() throws {
        let layout = Self.layouts[0]
        var held: [HeldFrame] = []
        var before: [[UInt8]] = []
        do {
            let reader = try ContainerReader(
                file: RegularFile(path: Array(film(layout).utf8)), limits: DecodingLimits())
            let decoder = try StreamDecoder(reader: reader, streamIndex: 0, threads: 2)
            let packets = packets(reader)
            defer { free(packets) }
            try decode(packets, by: decoder) { frame in
                before.append(samples(frame.pointee, layout))
                held.append(contentsOf: HeldFrame(taking: frame).map { [$0] } ?? [])
            }
        }
        #expect(held.count == 20)
        #expect(held.map { samples($0.frame.pointee, layout) } == before)
    }
}
