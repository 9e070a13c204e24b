/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * JPEG by libjpeg-turbo, with the settings of GStreamer's jpegdec, and like it handing over the
 * planes that the file has: a file and a stream of it are the same numbers (4:2:0 and grey; jpegdec
 * thins out the chroma of other colour files to make 4:2:0 of it). It also spares what
 * preprocessing would undo: nothing is upsampled that is made small next. */
#include "jpeg_errors.h"
#include "picture.h"
#include "picture_exif.h"

#include <string.h>

enum {
    JPEG_MAX_SCANS = 500, /* a small progressive file can ask for days of scans */
    JPEG_EXIF = JPEG_APP0 + 1,
    JPEG_MARKER_MAX = 0xffff,
};

typedef struct JpegReader {
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress;
    IclJpegErrors errors;
    const char *name;
    IclPicture picture;
    IclBox box; /* to be decoded */
    GError **error;
} JpegReader;

static void jpeg_count_scans(j_common_ptr info)
{
    if (((j_decompress_ptr)info)->input_scan_number > JPEG_MAX_SCANS)
        icl_jpeg_fail(info, "too many scans");
}

/* What each colour space becomes where the planes are not taken as they are. */
static const struct {
    J_COLOR_SPACE space; /* for libjpeg */
    IclPixelFormat format;
} jpeg_output[] = {
    [JCS_UNKNOWN] = {JCS_UNKNOWN},          [JCS_GRAYSCALE] = {JCS_GRAYSCALE, ICL_PIXEL_GRAY8},
    [JCS_RGB] = {JCS_RGB, ICL_PIXEL_RGB},   [JCS_YCbCr] = {JCS_RGB, ICL_PIXEL_RGB},
    [JCS_CMYK] = {JCS_CMYK, ICL_PIXEL_RGB}, [JCS_YCCK] = {JCS_CMYK, ICL_PIXEL_RGB},
};

/* Samples of luma across and down for one of chroma, that have a pixel format. */
static const struct {
    int h, v;
    IclPixelFormat format;
} jpeg_planes[] = {{2, 2, ICL_PIXEL_I420}, {2, 1, ICL_PIXEL_Y42B}, {1, 1, ICL_PIXEL_Y444}};

/* Whether the file's planes are one of the formats, which is then set. Where libjpeg makes the
 * picture smaller, it leaves chroma what it is as long as it is the smaller one. */
static bool info_has_planes(const struct jpeg_decompress_struct *info, IclPixelFormat *format)
{
    const jpeg_component_info *c = info->comp_info;

    if (info->jpeg_color_space != JCS_YCbCr || c[1].h_samp_factor != 1 || c[1].v_samp_factor != 1 ||
        c[2].h_samp_factor != 1 || c[2].v_samp_factor != 1)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(jpeg_planes); i++)
        if (c[0].h_samp_factor * c[0].DCT_scaled_size == jpeg_planes[i].h * c[1].DCT_scaled_size &&
            c[0].v_samp_factor * c[0].DCT_scaled_size == jpeg_planes[i].v * c[1].DCT_scaled_size) {
            *format = jpeg_planes[i].format;
            return true;
        }
    return false;
}

/* Samples of a component in a block of the picture's. */
static size_t component_across(const jpeg_component_info *c)
{
    return (size_t)(c->h_samp_factor * c->DCT_scaled_size);
}

static size_t component_down(const jpeg_component_info *c)
{
    return (size_t)(c->v_samp_factor * c->DCT_scaled_size);
}

/* Rows and columns are rounded up to whole blocks, which libjpeg writes. JFIF's colours are
 * BT.601's, in full range. */
static bool reader_planes_init(JpegReader *reader, IclPixelFormat format)
{
    const struct jpeg_decompress_struct *info = &reader->info;
    size_t across = (info->image_width + info->max_h_samp_factor * DCTSIZE - 1) /
                    (info->max_h_samp_factor * DCTSIZE);
    size_t down = (info->image_height + info->max_v_samp_factor * DCTSIZE - 1) /
                  (info->max_v_samp_factor * DCTSIZE);
    IclFrame frame = {.format = format,
                      .matrix = ICL_MATRIX_BT601,
                      .width = (int)info->output_width,
                      .height = (int)info->output_height};
    size_t rows[3];

    for (int c = 0; c < 3; c++) {
        frame.stride[c] = (int)(across * component_across(&info->comp_info[c]));
        rows[c] = down * component_down(&info->comp_info[c]);
    }
    return icl_picture_init_planes(&reader->picture, &frame, rows, reader->name, reader->error);
}

/* Whether blocks are made pixels; their bits are read in any case. */
static void info_set_needed(struct jpeg_decompress_struct *info, boolean needed)
{
    for (int c = 0; c < info->num_components; c++)
        info->comp_info[c].component_needed = needed;
}

/* A row of blocks at a time. */
static void reader_planes(JpegReader *reader)
{
    struct jpeg_decompress_struct *info = &reader->info;
    const IclFrame *frame = &reader->picture.frame;
    JSAMPROW rows[3][2 * DCTSIZE];
    JSAMPARRAY planes[3] = {rows[0], rows[1], rows[2]};
    JDIMENSION from = (JDIMENSION)reader->box.y, to = from + (JDIMENSION)reader->box.h;
    JDIMENSION lines = (JDIMENSION)(info->max_v_samp_factor * info->min_DCT_scaled_size);

    while (info->output_scanline < to) {
        info_set_needed(info, info->output_scanline + lines > from);
        for (int c = 0; c < 3; c++) {
            size_t down = component_down(&info->comp_info[c]);
            size_t first = info->output_scanline / lines * down;
            uint8_t *plane = reader->picture.pixels + (frame->plane[c] - frame->plane[0]);
            for (size_t y = 0; y < down; y++)
                rows[c][y] = plane + (first + y) * frame->stride[c];
        }
        jpeg_read_raw_data(info, planes, lines);
    }
}

/* One row of CMYK to RGB: colour = 255 (1 - ink) (1 - black). Adobe's files hold 255 (1 - ink), as
 * they come out of nearly every program; others, the ink. */
static void cmyk_to_rgb(const uint8_t *cmyk, int n, bool inverted, uint8_t *rgb)
{
    int flip = inverted ? 0 : 255;

    for (int i = 0; i < n; i++)
        for (int c = 0; c < 3; c++)
            rgb[3 * i + c] = ((cmyk[4 * i + c] ^ flip) * (cmyk[4 * i + 3] ^ flip) + 127) / 255;
}

static void reader_rows(JpegReader *reader)
{
    struct jpeg_decompress_struct *info = &reader->info;
    bool cmyk = info->out_color_space == JCS_CMYK;
    JSAMPARRAY buffer = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE,
                                                info->output_width * info->output_components, 1);

    jpeg_skip_scanlines(info, (JDIMENSION)reader->box.y);
    while (info->output_scanline < (JDIMENSION)(reader->box.y + reader->box.h)) {
        uint8_t *row = reader->picture.pixels +
                       (size_t)info->output_scanline * reader->picture.frame.stride[0];
        jpeg_read_scanlines(info, cmyk ? buffer : &row, 1);
        if (cmyk)
            cmyk_to_rgb(buffer[0], (int)info->output_width, info->saw_Adobe_marker, row);
    }
}

/* Chooses the output, and makes room for it. */
static bool reader_prepare(JpegReader *reader)
{
    struct jpeg_decompress_struct *info = &reader->info;
    J_COLOR_SPACE space = info->jpeg_color_space;
    IclPixelFormat format;

    info->dct_method = JDCT_IFAST; /* jpegdec's; at most some units of 255 away from the best */
    info->do_block_smoothing = FALSE;
    if (info_has_planes(info, &format)) {
        info->out_color_space = JCS_YCbCr;
        info->raw_data_out = TRUE;
        return reader_planes_init(reader, format);
    }
    if (space >= G_N_ELEMENTS(jpeg_output) || jpeg_output[space].space == JCS_UNKNOWN) {
        g_set_error(reader->error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "%s: is a JPEG file of %d components; grey, colour and CMYK can be read",
                    reader->name, info->num_components);
        return false;
    }
    info->out_color_space = jpeg_output[space].space;
    return icl_picture_init(&reader->picture, jpeg_output[space].format, (int)info->output_width,
                            (int)info->output_height, reader->name, reader->error);
}

static int info_orientation(const struct jpeg_decompress_struct *info)
{
    static const char exif[] = "Exif\0"; /* and a byte that is 0 */
    size_t head = sizeof exif;

    for (jpeg_saved_marker_ptr marker = info->marker_list; marker; marker = marker->next)
        if (marker->data_length >= head && !memcmp(marker->data, exif, head))
            return icl_exif_orientation(marker->data + head, marker->data_length - head);
    return 1;
}

/* Asks what will be read, and at which size. */
static void reader_choose(JpegReader *reader, const IclPicturePart *part)
{
    struct jpeg_decompress_struct *info = &reader->info;
    const IclFrame frame = {.orientation = info_orientation(info),
                            .width = (int)info->image_width,
                            .height = (int)info->image_height};
    int shrink = 1;

    reader->box = (IclBox){0, 0, frame.width, frame.height};
    if (part)
        reader->box = part->choose(part->user, &frame, &shrink);
    info->scale_num = (unsigned)(DCTSIZE / shrink);
    info->scale_denom = DCTSIZE;
    jpeg_calc_output_dimensions(info);
}

/* Everything that may longjmp; false with the error set. */
static bool reader_run(JpegReader *reader, const void *data, size_t size,
                       const IclPicturePart *part)
{
    struct jpeg_decompress_struct *info = &reader->info;

    jpeg_create_decompress(info);
    reader->progress.progress_monitor = jpeg_count_scans;
    info->progress = &reader->progress;
    jpeg_mem_src(info, data, size);
    jpeg_save_markers(info, JPEG_EXIF, JPEG_MARKER_MAX);
    jpeg_read_header(info, TRUE);
    if (!icl_picture_check_size(info->image_width, info->image_height, reader->name, reader->error))
        return false;
    reader_choose(reader, part);
    if (!reader_prepare(reader))
        return false;
    reader->picture.frame.orientation = info_orientation(info);
    jpeg_start_decompress(info);
    if (info->raw_data_out)
        reader_planes(reader);
    else
        reader_rows(reader);
    if (info->output_scanline >= info->output_height)
        jpeg_finish_decompress(info);
    return true;
}

static bool reader_guarded(JpegReader *reader, const void *data, size_t size,
                           const IclPicturePart *part)
{
    if (!setjmp(reader->errors.jump))
        return reader_run(reader, data, size, part);
    g_set_error(reader->error, ICL_ERROR, ICL_ERROR_FORMAT,
                "%s: is a damaged JPEG file (%s); replace it or take it out", reader->name,
                reader->errors.text);
    return false;
}

bool icl_jpeg_decode(const void *data, size_t size, const char *name, const IclPicturePart *part,
                     IclPicture *picture, GError **error)
{
    JpegReader reader = {.name = name, .error = error};
    bool ok;

    icl_jpeg_errors_init(&reader.errors);
    reader.info.err = &reader.errors.manager;
    ok = reader_guarded(&reader, data, size, part);
    jpeg_destroy_decompress(&reader.info);
    if (ok)
        *picture = reader.picture;
    else
        icl_picture_clear(&reader.picture);
    return ok;
}
