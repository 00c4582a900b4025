// libav of FFmpeg 5.1, loaded on demand, with the macros Swift cannot import as constants it can
// read.
#ifndef REEL_CFFMPEG_H
#define REEL_CFFMPEG_H
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
#include <errno.h>

/// Loads libav, as reel_on_demand_load does: before any other function of it is called.
char *reel_ffmpeg_load(void);

// AVERROR() and MKTAG() are function-like macros, AV_NOPTS_VALUE and the channel layout hold casts
// or compound literals: Swift imports none of them.
enum {
    reel_error_end_of_file = AVERROR_EOF,
    reel_error_invalid_data = AVERROR_INVALIDDATA,
    reel_error_decoder_not_found = AVERROR_DECODER_NOT_FOUND,
    reel_error_exit = AVERROR_EXIT,
    reel_error_again = AVERROR(EAGAIN),
    reel_error_input_output = AVERROR(EIO),
    reel_error_not_permitted = AVERROR(EPERM),
    reel_error_invalid_argument = AVERROR(EINVAL),
    reel_error_no_memory = AVERROR(ENOMEM),
};

static const int64_t reel_no_timestamp = AV_NOPTS_VALUE;

static inline AVChannelLayout reel_mono_layout(void) {
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    return mono;
}
#endif
