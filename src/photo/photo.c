/* SPDX-License-Identifier: MIT */
#include "backdrop.h"
#include "collectioncode.h"
#include "colour.h"
#include "decode.h"
#include "encode.h"
#include "exif.h"
#include "face.h"
#include "sniff.h"
#include "source.h"
#include "tone.h"
#include "transcode.h"

#include <math.h>
#include <string.h>

/*
 * The order of an examination: first what needs no pixels, and a photo that the header forbids is
 * not decoded. Then the decoding, whose warnings are findings. Then everything that can be seen,
 * even if something has rejected the photo already, because the teaching point should hear
 * everything at once [P7].
 */

/* Everything one examination knows. */
typedef struct Exam {
        const uint8_t *data;
        size_t size;
        const PhotoRules *rules;
        const PhotoModels *models;
        PhotoResult *result;
        Findings *findings; /* result's */
        PhotoInfo *info;    /* result's */

        JpegHeader header; /* of other formats: size, components and metadata */
        bool foreign;      /* not a JPEG: what source says */
        Source source;
        bool sideways; /* it is stored lying on its side: width and height are swapped */
        bool mirrored;
        bool decodable;   /* nothing in the header forbids decoding */
        bool right_shape; /* large enough and 3:4: the picture can be judged as an ID photo */
        bool is_code;     /* a QR code was read */
        bool see_through; /* some of it was transparent */
        Decoded decoded;
        Colour *colour;
        Raster photo;  /* 480 x 640, upright, sRGB; no pixels unless right_shape */
        uint8_t *luma; /* of photo */
} Exam;

static void exam_done(Exam *exam)
{
        source_done(&exam->source);
        decoded_done(&exam->decoded);
        colour_free(exam->colour);
        raster_done(&exam->photo);
        free(exam->luma);
}

/* The detail is the same in every language: the name of a format or a field. */
static Finding *reject(Exam *exam, ReasonCode code, const char *detail)
{
        Finding *f = findings_add(exam->findings, code, FINDING_REJECT);

        (void)snprintf(f->detail, sizeof(f->detail), "%s", detail);
        return f;
}

static void fixed(Exam *exam, ReasonCode code)
{
        (void)findings_add(exam->findings, code, FINDING_FIXED);
}

/* ---- the header ---- */

/* For a kind of JPEG without a better name than that of its frame marker. */
static void reject_marker(Exam *exam)
{
        Finding *f = reject(exam, REASON_UNSUPPORTED_JPEG, "");

        (void)snprintf(f->detail, sizeof(f->detail), "SOF%u", exam->header.process & 0x0fu);
}

/* Judges what the frame header says about the coding. May clear decodable. */
static void judge_coding(Exam *exam)
{
        const JpegHeader *h = &exam->header;

        exam->decodable = false;
        if (h->process == JPEG_LS) {
                (void)reject(exam, REASON_UNSUPPORTED_JPEG, "JPEG-LS");
        } else if (h->process == 0xc3 || h->process == 0xc7 || h->process == 0xcb ||
                   h->process == 0xcf) {
                reject_marker(exam);
        } else if (h->process > JPEG_ARITHMETIC_PROGRESSIVE ||
                   (h->process > JPEG_PROGRESSIVE && h->process < JPEG_ARITHMETIC)) {
                reject_marker(exam);
        } else if (h->precision < 8 || h->precision > 16) {
                (void)reject(exam, REASON_CORRUPT, "");
        } else if (h->precision != 8) {
                Finding *f = reject(exam, REASON_TWELVE_BIT, "");

                (void)snprintf(f->detail, sizeof(f->detail), "%u bit", h->precision);
        } else if (h->width == 0) {
                (void)reject(exam, REASON_CORRUPT, "");
        } else if (h->height == 0) {
                (void)reject(exam, REASON_UNSUPPORTED_JPEG, "DNL");
        } else if (h->n_components == 4) {
                (void)reject(exam, REASON_CMYK, "");
        } else if (h->n_components != 1 && h->n_components != 3) {
                (void)reject(exam, REASON_UNSUPPORTED_JPEG, "");
        } else {
                exam->decodable = true;
        }
        if (h->n_components == 1)
                (void)reject(exam, REASON_GREY_JPEG, "");
        if (h->table_zero)
                (void)reject(exam, REASON_CORRUPT, "DQT");
}

static void judge_orientation(Exam *exam, uint32_t orientation)
{
        exam->info->orientation = orientation;
        exam->sideways = orientation >= 5;
        exam->mirrored =
                orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
        if (exam->mirrored)
                (void)reject(exam, REASON_MIRRORED, "");
}

static void judge_pixels(Exam *exam)
{
        const uint64_t pixels = (uint64_t)exam->info->source_width * exam->info->source_height;

        if (pixels <= exam->rules->max_pixels)
                return;
        (void)findings_add_value(exam->findings, REASON_TOO_MANY_PIXELS, FINDING_REJECT,
                                 (double)pixels, NAN, (double)exam->rules->max_pixels);
        exam->decodable = false;
}

/* Sides and pixels, upright. */
static void judge_size(Exam *exam)
{
        const PhotoRules *rules = exam->rules;
        uint32_t w = exam->info->source_width, h = exam->info->source_height;
        uint32_t narrow = MIN(w, h), tall = MAX(w, h);
        double aspect = h > 0 ? (double)w / h : 0, target = (double)PHOTO_WIDTH / PHOTO_HEIGHT;

        if (w == 0 || h == 0)
                return;
        exam->right_shape = true;
        judge_pixels(exam);
        /* A photo that lies on its side is judged by the size that it has upright. */
        if (narrow < PHOTO_WIDTH || tall < PHOTO_HEIGHT) {
                Finding *f = findings_add_value(exam->findings, REASON_TOO_SMALL, FINDING_REJECT, w,
                                                PHOTO_WIDTH, NAN);

                f->measured2 = h;
                exam->right_shape = false;
        }
        if (w > h) {
                Finding *f = findings_add_value(exam->findings, REASON_LANDSCAPE, FINDING_REJECT, w,
                                                NAN, NAN);

                f->measured2 = h;
                exam->right_shape = false;
        } else if (!(fabs(aspect / target - 1) <= rules->max_aspect_error)) {
                (void)findings_add_value(exam->findings, REASON_ASPECT_RATIO, FINDING_REJECT,
                                         aspect, target * (1 - rules->max_aspect_error),
                                         target * (1 + rules->max_aspect_error));
                exam->right_shape = false;
        }
}

static void judge_source_quality(Exam *exam)
{
        bool exact;
        unsigned quality = jpeg_header_quality(&exam->header, &exact);

        exam->info->source_quality = quality;
        if (quality == 0)
                return;
        (void)photo_measure_judge(exam->rules, PHOTO_MEASURE_SOURCE_QUALITY, quality,
                                  exam->findings);
}

static void judge_header(Exam *exam)
{
        Exif exif = {.orientation = 1};

        jpeg_header_read(exam->data, exam->size, &exam->header);
        if (exam->header.exif)
                exif_read(exam->header.exif, exam->header.exif_size, &exif);
        exam->info->taken = exif.taken;
        judge_orientation(exam, exif.orientation);
        exam->info->source_width = exam->sideways ? exam->header.height : exam->header.width;
        exam->info->source_height = exam->sideways ? exam->header.width : exam->header.height;
        if (exam->header.process == 0) {
                /* libjpeg will say whether it is cut short or broken. */
                exam->decodable = true;
                return;
        }
        judge_coding(exam);
        judge_size(exam);
        judge_source_quality(exam);
}

/* The shape of a screenshot means nothing; it is decoded only because it may show a code. */
static void judge_foreign(Exam *exam)
{
        const Source *source = &exam->source;

        exam->header.width = source->width;
        exam->header.height = source->height;
        exam->header.n_components = 3;
        exam->header.has_metadata = source->has_metadata;
        exam->info->taken = source->taken;
        judge_orientation(exam, source->orientation);
        exam->info->source_width = exam->sideways ? source->height : source->width;
        exam->info->source_height = exam->sideways ? source->width : source->height;
        exam->decodable = true;
        if (source->screenshot)
                judge_pixels(exam);
        else
                judge_size(exam);
}

/* Looks at everything that needs no pixels. Sets decodable, or adds the finding why not. 0 or
 * -ENOMEM. */
static int open_picture(Exam *exam)
{
        Sniff sniff;
        int r;

        if (exam->size > exam->rules->max_file_bytes) {
                (void)findings_add_value(exam->findings, REASON_FILE_TOO_LARGE, FINDING_REJECT,
                                         (double)exam->size, NAN,
                                         (double)exam->rules->max_file_bytes);
                return 0;
        }
        sniff_data(exam->data, exam->size, &sniff);
        exam->info->format = sniff.format;
        if (!sniff.rejected) {
                judge_header(exam);
                return 0;
        }
        exam->foreign = source_wanted(sniff.format, exam->rules);
        if (!exam->foreign) {
                (void)reject(exam, sniff.reason, sniff.detail);
                return 0;
        }
        r = source_open(exam->data, exam->size, sniff.format, &exam->source, exam->findings);
        if (r > 0)
                judge_foreign(exam);
        return MIN(r, 0);
}

/* ---- the picture ---- */

/* The central part of the raster in the shape of the target, in pixels of the raster. */
static RasterWindow choose_window(const Exam *exam)
{
        const JpegHeader *h = &exam->header;
        double width = exam->sideways ? PHOTO_HEIGHT : PHOTO_WIDTH;
        double height = exam->sideways ? PHOTO_WIDTH : PHOTO_HEIGHT;
        double zoom = MIN(h->width / width, h->height / height);
        double shrink = exam->decoded.shrink;

        return (RasterWindow){
                .x = MAX(h->width - width * zoom, 0) / 2 / shrink,
                .y = MAX(h->height - height * zoom, 0) / 2 / shrink,
                .width = width * zoom / shrink,
                .height = height * zoom / shrink,
        };
}

static int make_photo(Exam *exam)
{
        RasterWindow window = choose_window(exam);
        uint32_t width = exam->sideways ? PHOTO_HEIGHT : PHOTO_WIDTH;
        uint32_t height = exam->sideways ? PHOTO_WIDTH : PHOTO_HEIGHT;
        _cleanup_raster_ Raster small = {};
        const Raster *lying = &exam->decoded.raster;
        int r;

        if (lying->width != width || lying->height != height) {
                r = raster_resize(lying, &window, width, height, &small);
                if (r < 0)
                        return r;
                lying = &small;
        }
        if (exam->info->orientation <= 2 && lying == &small) {
                exam->photo = small;
                small = (Raster){};
                colour_convert(exam->colour, &exam->photo);
                return 0;
        }
        r = raster_turn(lying, exam->mirrored ? (exam->sideways ? 6 : 1) : exam->info->orientation,
                        &exam->photo);
        if (r < 0)
                return r;
        colour_convert(exam->colour, &exam->photo);
        return 0;
}

static bool is_damaged(const Exam *exam)
{
        const Finding *cut = findings_find(exam->findings, REASON_TRUNCATED);

        return (cut && cut->level == FINDING_REJECT) ||
               findings_find(exam->findings, REASON_CORRUPT);
}

static int decode_foreign(Exam *exam, uint32_t width, uint32_t height)
{
        Source *source = &exam->source;
        int r = source_decode(source, exam->rules, width, height, &exam->decoded,
                              &exam->see_through, exam->findings);

        if (r < 0)
                return r;
        if (!source->profile)
                return colour_new_of_primaries(source->primaries, &exam->colour);
        return colour_new_of_profile(source->profile, source->profile_size, &exam->colour,
                                     exam->findings);
}

static int decode(Exam *exam, uint32_t width, uint32_t height)
{
        int r;

        if (exam->foreign)
                return decode_foreign(exam, width, height);
        r = colour_new(&exam->header, &exam->colour, exam->findings);
        if (r < 0)
                return r;
        return decode_jpeg(exam->data, exam->size, &exam->header, exam->rules, width, height,
                           &exam->decoded, exam->findings);
}

static int look(Exam *exam)
{
        int r = decode(exam, exam->sideways ? PHOTO_HEIGHT : PHOTO_WIDTH,
                       exam->sideways ? PHOTO_WIDTH : PHOTO_HEIGHT);

        if (r < 0)
                return r;
        /* A damaged file does not show the student's photo: its look and size mean nothing. */
        if (!exam->decoded.raster.pixels || !exam->right_shape || is_damaged(exam))
                return 0;
        return make_photo(exam);
}

/* ---- what is seen in it ---- */

/* Looks in the finished photo, which is large enough for any code that fills a good part of it.
 * Without a finished photo looks in the decoded picture of any shape, because screenshots are
 * tall. */
static int judge_code(Exam *exam)
{
        const Raster *raster = exam->photo.pixels ? &exam->photo : &exam->decoded.raster;
        _cleanup_free_ uint8_t *luma = NULL;
        int r;

        if (!raster->pixels)
                return 0;
        r = raster_luma(raster, &luma);
        if (r < 0)
                return r;
        r = collection_code_find(luma, raster->width, raster->height);
        if (r > 0) {
                (void)reject(exam, REASON_COLLECTION_CODE, "");
                exam->is_code = true;
        }
        if (exam->photo.pixels)
                exam->luma = TAKE_PTR(luma);
        return MIN(r, 0);
}

/* Measured before any scaling. In much larger sources the blocks average out, and the rest is not
 * calibrated. */
static int judge_blocks(Exam *exam)
{
        const Raster *raster = &exam->decoded.raster;
        _cleanup_free_ uint8_t *luma = NULL;
        int r;

        if (!exam->photo.pixels || raster->width >= PHOTO_WIDTH + PHOTO_WIDTH / 2)
                return 0;
        r = raster_luma(raster, &luma);
        if (r < 0)
                return r;
        (void)photo_measure_judge(exam->rules, PHOTO_MEASURE_BLOCK_EDGE,
                                  tone_block_edge(luma, raster->width, raster->height),
                                  exam->findings);
        return 0;
}

/* Seldom changes anything: a face that the frame cuts is measured as if it went on. */
static double within(double value, double min, double max)
{
        return value >= min && value <= max ? value : (double)NAN;
}

static void note_geometry(PhotoGeometry *geometry, const Face *face, const Backdrop *backdrop,
                          const PhotoRules *rules)
{
        if (backdrop_shows_crown(backdrop, rules))
                geometry->head_top = within(backdrop->crown, 0, PHOTO_HEIGHT);
        if (face->n_boxes == 0)
                return;
        geometry->eye_line = within(face->eye_line, 0, PHOTO_HEIGHT);
        geometry->face_width = within(face->width, 0, PHOTO_WIDTH);
        geometry->face_centre = within(face->centre, 0, PHOTO_WIDTH);
        geometry->head_tilt = within(face->tilt, -180, 180);
}

static int judge_photo(Exam *exam)
{
        const uint8_t *luma = exam->luma;
        Backdrop backdrop;
        Face face = {};
        int r;

        /* A code is no portrait, and any further finding would only hide that. */
        if (!exam->photo.pixels || exam->is_code)
                return 0;
        photo_fingerprint_make(luma, &exam->info->phash, &exam->info->fingerprint);
        tone_judge(&exam->photo, luma, exam->header.n_components > 1, exam->rules, exam->findings);
        if (findings_find(exam->findings, REASON_BLANK_PICTURE))
                return 0;
        if (exam->models) {
                r = face_find(exam->models, luma, &face);
                if (r < 0)
                        return r;
                face_judge(&face, exam->models, exam->rules, exam->findings);
                tone_judge_face(&exam->photo, luma, &face, exam->rules, exam->findings);
        } else {
                fixed(exam, REASON_FACE_NOT_CHECKED);
        }
        r = backdrop_measure(&exam->photo, luma, &face, exam->rules, &backdrop);
        if (r < 0)
                return r;
        backdrop_judge(&backdrop, exam->rules, exam->findings);
        note_geometry(&exam->info->geometry, &face, &backdrop, exam->rules);
        return 0;
}

/* ---- the finished JPEG ---- */

/* Notes what was put right, as information. */
static void note_fixes(Exam *exam, const Encoded *jpeg)
{
        const JpegHeader *h = &exam->header;
        uint32_t w = exam->info->source_width, height = exam->info->source_height;
        double zoom = MIN((double)w / PHOTO_WIDTH, (double)height / PHOTO_HEIGHT);
        Finding *f;

        if (exam->info->orientation != 1) {
                f = findings_add_value(exam->findings, REASON_TURNED_UPRIGHT, FINDING_FIXED,
                                       exam->info->orientation == 3   ? 180
                                       : exam->info->orientation == 6 ? 90
                                                                      : 270,
                                       NAN, NAN);
        }
        if (w - PHOTO_WIDTH * zoom >= 0.5 || height - PHOTO_HEIGHT * zoom >= 0.5)
                fixed(exam, REASON_CROPPED);
        if (w != PHOTO_WIDTH || height != PHOTO_HEIGHT) {
                f = findings_add_value(exam->findings, REASON_RESIZED, FINDING_FIXED, w, NAN, NAN);
                f->measured2 = height;
        }
        if (exam->colour)
                fixed(exam, REASON_COLOUR_CONVERTED);
        if (exam->foreign) {
                f = findings_add(exam->findings, REASON_CONVERTED, FINDING_FIXED);
                (void)snprintf(f->detail, sizeof(f->detail), "%s", exam->source.name);
        }
        if (exam->see_through)
                fixed(exam, REASON_TRANSPARENCY_FILLED);
        if (jpeg->quality > 0)
                (void)findings_add_value(exam->findings, REASON_RECODED, FINDING_FIXED,
                                         jpeg->quality, NAN, NAN);
        if (!exam->foreign && (!h->has_jfif || h->density_unit != 1 || h->x_density != PHOTO_DPI ||
                               h->y_density != PHOTO_DPI))
                fixed(exam, REASON_DENSITY_SET);
        if (h->has_metadata)
                fixed(exam, REASON_METADATA_REMOVED);
        if (exam->decoded.end < exam->size)
                (void)findings_add_value(exam->findings, REASON_TAIL_REMOVED, FINDING_FIXED,
                                         (double)(exam->size - exam->decoded.end), NAN, NAN);
}

static bool keeps_coefficients(const Exam *exam)
{
        return !exam->foreign && exam->header.width == PHOTO_WIDTH &&
               exam->header.height == PHOTO_HEIGHT && exam->info->orientation == 1 &&
               !exam->colour && exam->info->source_quality >= exam->rules->output_quality_min &&
               !findings_find(exam->findings, REASON_TRUNCATED);
}

static int finish(Exam *exam)
{
        _cleanup_encoded_ Encoded jpeg = {};
        int r = 0;

        if (!exam->photo.pixels || exam->is_code)
                return 0;
        if (keeps_coefficients(exam)) {
                r = transcode_jpeg(exam->data, exam->size, exam->rules, &jpeg);
                if (r < 0)
                        return r;
        }
        if (r == 0) {
                r = encode_to_fit(&exam->photo, exam->rules, &jpeg, exam->findings);
                if (r <= 0)
                        return r;
        }
        if (findings_reject(exam->findings))
                return 0;
        note_fixes(exam, &jpeg);
        exam->info->quality = jpeg.quality;
        exam->result->jpeg_size = jpeg.size;
        exam->result->jpeg = TAKE_PTR(jpeg.data);
        return 0;
}

/* ---- the whole ---- */

static int examine(Exam *exam)
{
        int r = open_picture(exam);

        if (r < 0 || !exam->decodable)
                return r;
        r = look(exam);
        if (r < 0)
                return r;
        /* The decoder leaves parts of a damaged picture as the memory was before. */
        if (!is_damaged(exam)) {
                r = judge_code(exam);
                if (r < 0)
                        return r;
                if (exam->source.screenshot && !exam->is_code)
                        (void)reject(exam, REASON_SCREENSHOT, "");
                r = judge_blocks(exam);
                if (r < 0)
                        return r;
        }
        r = judge_photo(exam);
        if (r < 0)
                return r;
        return finish(exam);
}

/* The rules of the photo, but with the sizes of the centre's rendition. */
static PhotoRules centre_rules(const PhotoRules *rules)
{
        PhotoRules centre = *rules;

        centre.output_quality_min = PHOTO_QUALITY_MIN;
        centre.output_bytes_min = PHOTO_CENTRE_BYTES_MIN;
        centre.output_bytes_max = PHOTO_CENTRE_BYTES_MAX;
        return centre;
}

/* Only findings that keep the picture from being taken count; whether it is good enough was judged
 * before. 1; 0: no quality fits; negative as photo_render_centre(). */
static int render(Exam *exam, Encoded *ret)
{
        int r = open_picture(exam);

        if (r < 0)
                return r;
        if (!exam->decodable || exam->mirrored)
                return -ENODATA;
        r = look(exam);
        if (r < 0)
                return r;
        if (!exam->photo.pixels)
                return -ENODATA;
        if (keeps_coefficients(exam)) {
                r = transcode_jpeg(exam->data, exam->size, exam->rules, ret);
                if (r != 0)
                        return r;
        }
        return encode_best(&exam->photo, exam->rules, ret);
}

int photo_prepare(void)
{
        return source_prepare();
}

static Exam *exam_new(const void *data, size_t size, const PhotoRules *rules,
                      const PhotoModels *models, PhotoResult *result)
{
        Exam *exam = calloc(1, sizeof(*exam));

        *result = (PhotoResult){.info = {.geometry = PHOTO_GEOMETRY_UNKNOWN}};
        if (!exam)
                return NULL;
        exam->data = data;
        exam->size = size;
        exam->rules = rules;
        exam->models = models;
        exam->result = result;
        exam->findings = &result->findings;
        exam->info = &result->info;
        return exam;
}

int photo_render_centre(const void *data, size_t size, const PhotoRules *rules, uint8_t **ret_jpeg,
                        size_t *ret_size)
{
        const PhotoRules centre = centre_rules(rules);
        _cleanup_(photo_result_done) PhotoResult result = {};
        _cleanup_free_ Exam *exam = exam_new(data, size, &centre, NULL, &result);
        _cleanup_encoded_ Encoded jpeg = {};
        int r;

        if (!exam)
                return -ENOMEM;
        r = render(exam, &jpeg);
        exam_done(exam);
        if (r <= 0)
                return r < 0 ? r : -ERANGE;
        *ret_size = jpeg.size;
        *ret_jpeg = TAKE_PTR(jpeg.data);
        return 0;
}

int photo_examine_with(const void *data, size_t size, const PhotoRules *rules,
                       const PhotoModels *models, PhotoResult *ret)
{
        _cleanup_free_ Exam *exam = exam_new(data, size, rules, models, ret);
        int r;

        if (!exam)
                return -ENOMEM;
        r = examine(exam);
        exam_done(exam);
        return r;
}

int photo_examine(const void *data, size_t size, const PhotoRules *rules, PhotoResult *ret)
{
        return photo_examine_with(data, size, rules, NULL, ret);
}
