/// The containers and decoders libav may use on a file from outside.
///
/// Everything else stays unreachable: playlists that open other files (HLS, DASH, ffconcat, SDP),
/// numbered pictures, devices, script-like formats (SVG), hardware decoders, and decoders of game
/// cinematics that nobody has fuzzed for years.
enum AllowedFormats {
    static let containers = [
        // video
        "mov", "mp4", "matroska", "webm", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "asf",
        "ogg", "ivf", "h264", "hevc",
        // sound
        "mp3", "aac", "flac", "wav", "w64", "aiff", "caf", "wv", "ac3", "eac3", "amr", "au",
        // pictures, known by content; the "image2" demuxer, which reads name patterns, is left out
        "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "jpegxl_pipe",
        "ppm_pipe", "pgm_pipe", "pbm_pipe", "gif", "apng",
    ]

    static let decoders =
        video + pictures + sound + pulseCode + textSubtitles

    private static let video = [
        "h264", "hevc", "vp8", "vp9", "libdav1d", "libaom-av1", "av1", "mpeg4", "mpeg2video",
        "mpeg1video", "theora", "prores", "dnxhd", "h263", "flv", "vp6", "vp6f", "vp6a", "wmv1",
        "wmv2", "wmv3", "vc1", "msmpeg4", "msmpeg4v2", "msmpeg4v1", "dvvideo", "ffv1", "huffyuv",
        "ffvhuff", "rawvideo", "qtrle",
    ]
    private static let pictures = [
        "mjpeg", "png", "apng", "webp", "gif", "bmp", "tiff", "libjxl", "ppm", "pgm", "pbm",
    ]
    private static let sound = [
        "aac", "aac_latm", "mp3float", "mp3", "mp2float", "mp2", "mp1float", "mp1", "opus",
        "vorbis", "flac", "alac", "ac3", "eac3", "dca", "wavpack", "wmav1", "wmav2", "wmapro",
        "amrnb", "amrwb", "speex", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_ms",
    ]
    private static let pulseCode = [
        "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le",
        "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_mulaw", "pcm_alaw",
        "pcm_dvd", "pcm_bluray",
    ]
    /// Subtitle streams that carry text; those made of pictures (DVD, Blu-ray) carry none.
    static let textSubtitles = ["mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"]

    /// Containers of one picture or of a few moving ones.
    static let pictureContainers: Set<String> = [
        "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "jpegxl_pipe", "ppm_pipe",
        "pgm_pipe", "pbm_pipe",
    ]
    static let animationContainers: Set<String> = ["gif", "apng"]
}
