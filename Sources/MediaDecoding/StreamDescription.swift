/// What a container says about its video stream, before anything is decoded.
package struct VideoStream: Sendable, Equatable {
    /// Position in the container.
    package var index: Int
    package var codec: String
    package var language: String?
    /// As stored; 0 when the container does not say it.
    package var width: Int  // pixels
    package var height: Int  // pixels
    /// How the stored picture is turned to stand upright: 0, 90, 180 or 270, clockwise.
    package var rotationDegrees: Int
    /// Width of one pixel divided by its height.
    package var sampleAspectRatio: Double
    /// 0 when unknown.
    package var framesPerSecond: Double
    package var isDefault: Bool
    /// Cover art of a sound file: one picture, no film.
    package var isAttachedPicture: Bool
}

package struct AudioStream: Sendable, Equatable {
    package var index: Int
    package var codec: String
    package var language: String?
    package var sampleRate: Int  // Hz
    package var channelCount: Int
    package var isDefault: Bool
}

package struct SubtitleStream: Sendable, Equatable {
    package var index: Int
    package var codec: String
    package var language: String?
    package var isDefault: Bool
    /// False for subtitles made of pictures, as on DVDs.
    package var isText: Bool
}
