// libav's functions that the program calls, and where they are loaded from.
#include "CFFmpeg.h"

#include <COnDemand.h>

#define AVFORMAT(each) \
    each(av_probe_input_buffer2) each(av_read_frame) each(av_seek_frame) \
    each(av_stream_get_side_data) each(avformat_alloc_context) each(avformat_close_input) \
    each(avformat_find_stream_info) each(avformat_open_input) each(avio_alloc_context) \
    each(avio_context_free)

#define AVCODEC(each) \
    each(av_codec_is_decoder) each(av_codec_iterate) each(av_packet_alloc) each(av_packet_clone) \
    each(av_packet_free) each(av_packet_move_ref) each(av_packet_unref) \
    each(avcodec_align_dimensions2) each(avcodec_alloc_context3) each(avcodec_decode_subtitle2) \
    each(avcodec_default_get_buffer2) each(avcodec_descriptor_get) \
    each(avcodec_find_encoder) each(avcodec_flush_buffers) each(avcodec_free_context) \
    each(avcodec_get_name) each(avcodec_open2) each(avcodec_parameters_to_context) \
    each(avcodec_receive_frame) each(avcodec_receive_packet) each(avcodec_send_frame) \
    each(avcodec_send_packet) each(avcodec_version) each(avsubtitle_free)

#define AVUTIL(each) \
    each(av_buffer_allocz) each(av_buffer_pool_get) each(av_buffer_pool_init) \
    each(av_buffer_pool_uninit) each(av_buffer_unref) \
    each(av_channel_layout_copy) each(av_channel_layout_default) each(av_channel_layout_uninit) \
    each(av_dict_free) each(av_dict_get) each(av_dict_set) each(av_frame_alloc) \
    each(av_frame_free) each(av_frame_get_buffer) each(av_frame_get_side_data) \
    each(av_frame_move_ref) each(av_frame_unref) each(av_free) each(av_freep) \
    each(av_get_padded_bits_per_pixel) each(av_get_pix_fmt_name) each(av_log_set_level) \
    each(av_image_fill_arrays) each(av_image_get_buffer_size) each(av_malloc) \
    each(av_pix_fmt_desc_get) each(av_strerror)

#define SWSCALE(each) \
    each(sws_freeContext) each(sws_getCoefficients) each(sws_getContext) each(sws_scale) \
    each(sws_setColorspaceDetails)

#define SWRESAMPLE(each) \
    each(swr_alloc_set_opts2) each(swr_convert) each(swr_free) each(swr_get_out_samples) \
    each(swr_init)

AVFORMAT(REEL_ON_DEMAND_STUB)
AVCODEC(REEL_ON_DEMAND_STUB)
AVUTIL(REEL_ON_DEMAND_STUB)
SWSCALE(REEL_ON_DEMAND_STUB)
SWRESAMPLE(REEL_ON_DEMAND_STUB)

static const reel_on_demand_function avformat[] = {AVFORMAT(REEL_ON_DEMAND_FUNCTION)};
static const reel_on_demand_function avcodec[] = {AVCODEC(REEL_ON_DEMAND_FUNCTION)};
static const reel_on_demand_function avutil[] = {AVUTIL(REEL_ON_DEMAND_FUNCTION)};
static const reel_on_demand_function swscale[] = {SWSCALE(REEL_ON_DEMAND_FUNCTION)};
static const reel_on_demand_function swresample[] = {SWRESAMPLE(REEL_ON_DEMAND_FUNCTION)};

// Debian's packages are called after the library and its version, as the library's file is.
#define LIBRARY(name, version, functions) \
    REEL_ON_DEMAND_LIBRARY(                \
        name ".so." REEL_ON_DEMAND_DIGITS(version), name REEL_ON_DEMAND_DIGITS(version), functions)

// In the order of what needs what, so that the first that is missing is named.
static const reel_on_demand_library libraries[] = {
    LIBRARY("libavutil", LIBAVUTIL_VERSION_MAJOR, avutil),
    LIBRARY("libswresample", LIBSWRESAMPLE_VERSION_MAJOR, swresample),
    LIBRARY("libswscale", LIBSWSCALE_VERSION_MAJOR, swscale),
    LIBRARY("libavcodec", LIBAVCODEC_VERSION_MAJOR, avcodec),
    LIBRARY("libavformat", LIBAVFORMAT_VERSION_MAJOR, avformat),
};

static reel_on_demand_group group = {libraries, sizeof libraries / sizeof libraries[0], 0};

char *reel_ffmpeg_load(void) { return reel_on_demand_load(&group); }
