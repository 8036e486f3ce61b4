/* SPDX-License-Identifier: MIT */
#include "collectioncode.h"
#include "exif.h"
#include "eyes.h"
#include "facetone.h"
#include "fit.h"
#include "reframe.h"
#include "sniff.h"
#include "source.h"
#include "tone.h"
#include "transcode.h"

#include <malloc.h>
#include <math.h>
#include <string.h>

/*
 * The order of an examination: first what needs no pixels, and a photo that the header forbids is
 * not decoded. Then the decoding, whose warnings are findings. Then the part of the source that
 * becomes the photo is found by the face [P10]. Then everything that can be seen in that part, even
 * if something has rejected the photo already, because the teaching point should hear everything at
 * once [P7].
 */

/* Screens of phones are at least so many times as high as wide. */
static const double SCREEN_SHAPE = 1.7;

/* Everything one examination knows. */
typedef struct Exam {
        const uint8_t *data;
        size_t size;
        const PhotoRules *rules;
        const PhotoModels *models;
        PhotoResult *result;
        Findings *findings; /* result's */
        Judging judging;
        PhotoInfo *info; /* result's */

        JpegHeader header; /* of other formats: size, components and metadata */
        bool foreign;      /* not a JPEG: what source says */
        Source source;
        bool mirrored;
        bool decodable;    /* nothing in the header forbids decoding */
        bool large_enough; /* it has the pixels of a photo */
        bool right_shape;  /* 3:4 */
        bool is_code;      /* a QR code was read */
        bool see_through;  /* some of it was transparent */
        Decoded decoded;
        Colour *colour;
        Cut cut;
        View middle;   /* until the part is known; no photo unless large_enough */
        Reframed part; /* what is judged and becomes the photo */
} Exam;

static void exam_done(Exam *exam)
{
        source_done(&exam->source);
        decoded_done(&exam->decoded);
        colour_free(exam->colour);
        cut_done(&exam->cut);
        view_done(&exam->middle);
        reframed_done(&exam->part);
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
        static const unsigned quarters[] = {0, 0, 2, 2, 1, 1, 3, 3};

        exam->info->orientation = orientation;
        exam->cut.quarters = quarters[orientation - 1];
        exam->mirrored =
                orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
        if (exam->mirrored)
                (void)reject(exam, REASON_MIRRORED, "");
}

/* Takes over how the picture stands now. */
static void note_size(Exam *exam)
{
        double target = (double)PHOTO_WIDTH / PHOTO_HEIGHT;
        uint32_t w = cut_width(&exam->cut), h = cut_height(&exam->cut);

        exam->info->source_width = w;
        exam->info->source_height = h;
        exam->right_shape = w > 0 && h > 0 && w <= h &&
                            fabs((double)w / h / target - 1) <= exam->rules->max_aspect_error;
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

/* Pixels, whichever way they lie. */
static void judge_size(Exam *exam)
{
        uint32_t w = exam->info->source_width, h = exam->info->source_height;

        if (w == 0 || h == 0)
                return;
        exam->large_enough = true;
        judge_pixels(exam);
        /* A photo that lies on its side is judged by the size that it has upright. */
        if (MIN(w, h) < PHOTO_WIDTH || MAX(w, h) < PHOTO_HEIGHT) {
                Finding *f = findings_add_value(exam->findings, REASON_TOO_SMALL, FINDING_REJECT, w,
                                                PHOTO_WIDTH, NAN);

                f->measured2 = h;
                exam->large_enough = false;
        }
}

/* Whether the part is a photo: of the right shape, or with the head where it should be. */
static bool shape_is_solved(const Exam *exam)
{
        return exam->right_shape ||
               (exam->rules->framing == PHOTO_FRAMING_AUTO && exam->part.framed &&
                !exam->part.several && view_grade(&exam->part.view, exam->rules) < VIEW_REJECTS);
}

/* Of a shape that was put right note_framing() tells. A picture with an upright face does not lie on
 * its side, however wide it is. */
static void judge_shape(Exam *exam)
{
        double error = exam->rules->max_aspect_error, target = (double)PHOTO_WIDTH / PHOTO_HEIGHT;
        uint32_t w = exam->info->source_width, h = exam->info->source_height;

        if (w == 0 || h == 0 || exam->source.screenshot || exam->is_code || shape_is_solved(exam))
                return;
        if (w > h && !exam->part.upright) {
                Finding *f = findings_add_value(exam->findings, REASON_LANDSCAPE, FINDING_REJECT, w,
                                                NAN, NAN);

                f->measured2 = h;
                return;
        }
        (void)findings_add_value(exam->findings, REASON_ASPECT_RATIO, FINDING_REJECT, (double)w / h,
                                 target * (1 - error), target * (1 + error));
}

static void judge_source_quality(Exam *exam)
{
        bool exact;
        unsigned quality = jpeg_header_quality(&exam->header, &exact);

        exam->info->source_quality = quality;
        if (quality == 0)
                return;
        (void)judge_measure(&exam->judging, PHOTO_MEASURE_SOURCE_QUALITY, quality);
}

static void judge_header(Exam *exam)
{
        Exif exif = {.orientation = 1};

        jpeg_header_read(exam->data, exam->size, &exam->header);
        if (exam->header.exif)
                exif_read(exam->header.exif, exam->header.exif_size, &exif);
        exam->info->taken = exif.taken;
        judge_orientation(exam, exif.orientation);
        note_size(exam);
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
        note_size(exam);
        exam->cut.source = &exam->source;
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

        sniff_data(exam->data, exam->size, &sniff);
        /* An archive may be as large as many photos. */
        if (exam->size > exam->rules->max_file_bytes && sniff.reason != REASON_FORMAT_ARCHIVE) {
                (void)findings_add_value(exam->findings, REASON_FILE_TOO_LARGE, FINDING_REJECT,
                                         (double)exam->size, NAN,
                                         (double)exam->rules->max_file_bytes);
                return 0;
        }
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
        bool sideways = exam->cut.quarters % 2;
        RasterWindow centre;
        int r = decode(exam, sideways ? PHOTO_HEIGHT : PHOTO_WIDTH,
                       sideways ? PHOTO_WIDTH : PHOTO_HEIGHT);

        if (r < 0)
                return r;
        exam->cut.colour = exam->colour;
        /* A damaged file does not show the student's photo: its look and size mean nothing. */
        if (!exam->decoded.raster.pixels || !exam->large_enough || is_damaged(exam))
                return 0;
        centre = cut_centre(&exam->cut);
        return view_make(&exam->cut, &centre, &exam->middle);
}

/* Puts the picture upright by the face in it, and tells so. 1: it was turned. */
static int turn_upright(Exam *exam)
{
        unsigned quarters;
        int r = reframe_find_turned(&exam->cut, exam->models, &quarters);
        Finding *f;

        if (r < 0 || quarters == 0)
                return r;
        f = findings_add_value(exam->findings, REASON_NOT_UPRIGHT, FINDING_REJECT, 90.0 * quarters,
                               NAN, NAN);
        /* finding_title() knows the word. */
        (void)snprintf(f->detail, sizeof(f->detail), "%s", quarters == 2 ? " head" : "");
        exam->cut.quarters = (exam->cut.quarters + quarters) % 4;
        note_size(exam);
        return 1;
}

/* Finds the part anew in the middle of the picture as it stands now. */
static int find_part(Exam *exam, bool hard, Reframed *ret)
{
        const FaceSearch search = {.models = exam->models, .hard = hard};
        RasterWindow centre = cut_centre(&exam->cut);
        int r = 0;

        if (!exam->middle.photo.pixels)
                r = view_make(&exam->cut, &centre, &exam->middle);
        return r < 0 ? r : reframe(&exam->cut, &exam->middle, exam->right_shape, &search, ret);
}

/* Where no face with both eyes was found in any position. What looks like a face but has none is
 * taken only if there is nothing better. */
static int look_harder(Exam *exam)
{
        _cleanup_(reframed_done) Reframed found = {};
        int r = find_part(exam, true, &found);

        if (r < 0 || found.view.face.n_boxes == 0 ||
            (!found.upright && exam->part.view.face.n_boxes > 0))
                return MIN(r, 0);
        reframed_done(&exam->part);
        exam->part = found;
        found = (Reframed){};
        return 0;
}

/* Where the usual search has found no upright face. */
static int choose_other_part(Exam *exam)
{
        int r;

        if (exam->part.upright || !exam->models)
                return 0;
        r = turn_upright(exam);
        if (r <= 0)
                return r < 0 ? r : look_harder(exam);
        /* All its faults are told as of a picture that stands upright. */
        reframed_done(&exam->part);
        return find_part(exam, false, &exam->part);
}

/* ---- what is seen in it ---- */

/* Decides which part of the picture is judged and becomes the photo. */
static int choose_part(Exam *exam)
{
        int r = find_part(exam, false, &exam->part);

        return r < 0 ? r : choose_other_part(exam);
}

/* One person in the right place: whoever sends that has not sent the code. */
static bool shows_a_portrait(const Exam *exam)
{
        const Reframed *part = &exam->part;

        return part->upright && !part->several && !face_is_one_of_several(&part->view.face) &&
               view_grade(&part->view, exam->rules) < VIEW_REJECTS;
}

/* Looks in a photo of the right shape, which is large enough for any code that fills a good part of
 * it. Otherwise looks in the decoded picture of any shape, because screenshots are tall. */
static int judge_code(Exam *exam)
{
        const View *view = exam->part.view.photo.pixels ? &exam->part.view : &exam->middle;
        bool in_photo = view->photo.pixels && exam->right_shape && !exam->part.framed;
        const Raster *raster = in_photo ? &view->photo : &exam->decoded.raster;
        _cleanup_free_ uint8_t *luma = NULL;
        int r;

        if (!raster->pixels)
                return 0;
        r = in_photo ? 0 : raster_luma(raster, &luma);
        if (r < 0)
                return r;
        r = collection_code_find(in_photo ? view->luma : luma, raster->width, raster->height);
        if (r > 0) {
                (void)reject(exam, REASON_COLLECTION_CODE, "");
                exam->is_code = true;
        }
        return MIN(r, 0);
}

/* Measured before any scaling. In much larger sources the blocks average out, and the rest is not
 * calibrated. */
static int judge_blocks(Exam *exam)
{
        const Raster *raster = &exam->decoded.raster;
        _cleanup_free_ uint8_t *luma = NULL;
        int r;

        if (!exam->middle.photo.pixels || raster->width >= PHOTO_WIDTH + PHOTO_WIDTH / 2)
                return 0;
        r = raster_luma(raster, &luma);
        if (r < 0)
                return r;
        (void)judge_measure(&exam->judging, PHOTO_MEASURE_BLOCK_EDGE,
                            tone_block_edge(luma, raster->width, raster->height));
        return 0;
}

/* More than is seen in the part. */
static void judge_source_faces(Exam *exam)
{
        Finding *width = NULL;

        if (exam->part.several)
                (void)findings_add_value(exam->findings, REASON_SEVERAL_FACES, FINDING_REJECT,
                                         exam->part.n_faces, 1, 1);
        if (exam->part.few_pixels)
                width = judge_measure(&exam->judging, PHOTO_MEASURE_WIDTH,
                                      exam->part.view.face.width);
        /* finding_title() knows the word. */
        if (width && width->measured < width->min)
                (void)snprintf(width->detail, sizeof(width->detail), " pixels");
}

static void judge_photo(Exam *exam)
{
        const View *view = &exam->part.view;

        photo_fingerprint_make(view->luma, &exam->info->phash, &exam->info->fingerprint);
        tone_judge(&view->photo, view->luma, exam->header.n_components > 1,
                   backdrop_is_lit(&view->backdrop, exam->rules), &exam->judging);
        if (findings_find(exam->findings, REASON_BLANK_PICTURE))
                return;
        if (exam->models) {
                face_judge(&view->face, exam->models, &exam->judging);
                judge_source_faces(exam);
                facetone_judge(&view->photo, view->luma, &view->face, &exam->judging);
                eyes_judge(&view->photo, &view->face, &exam->judging);
        } else {
                fixed(exam, REASON_FACE_NOT_CHECKED);
        }
        backdrop_judge(&view->backdrop, &exam->judging);
        exam->info->geometry = view->geometry;
}

/* A code is no portrait, and any further finding would only hide that. It is looked for first where
 * it is likely, and where no portrait is seen. */
static int judge_picture(Exam *exam)
{
        bool tall = exam->info->source_height > SCREEN_SHAPE * exam->info->source_width;
        bool first = !exam->middle.photo.pixels || exam->source.screenshot || tall;
        int r = first ? judge_code(exam) : 0;

        if (exam->source.screenshot && !exam->is_code)
                (void)reject(exam, REASON_SCREENSHOT, "");
        if (r < 0 || !exam->middle.photo.pixels || exam->is_code)
                return r;
        r = find_part(exam, false, &exam->part);
        if (r >= 0 && !first && !shows_a_portrait(exam))
                r = judge_code(exam);
        if (r < 0 || exam->is_code)
                return r;
        r = choose_other_part(exam);
        if (r < 0)
                return r;
        judge_photo(exam);
        return 0;
}

/* ---- the finished JPEG ---- */

/* What was left of the source, and how much was cut off at each side. */
static void note_framing(Exam *exam)
{
        const RasterWindow *window = &exam->part.view.window;
        double w = exam->info->source_width, h = exam->info->source_height;
        Finding *f = findings_add_value(exam->findings, REASON_FRAMED, FINDING_FIXED,
                                        round(window->width), NAN, NAN);

        f->measured2 = round(window->height);
        (void)snprintf(f->detail, sizeof(f->detail), "← %.0f%% → %.0f%% ↑ %.0f%% ↓ %.0f%%",
                       100 * window->x / w, 100 * (1 - (window->x + window->width) / w),
                       100 * window->y / h, 100 * (1 - (window->y + window->height) / h));
}

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
        if (exam->part.framed)
                note_framing(exam);
        else if (w - PHOTO_WIDTH * zoom >= 0.5 || height - PHOTO_HEIGHT * zoom >= 0.5)
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

/* Whether the coefficients may fit the rules with better tables, which save a quarter of a photo at
 * most. To try costs as much as an encode. */
static bool may_fit(const Exam *exam)
{
        size_t coded = exam->decoded.end - MIN(exam->header.scans, exam->decoded.end);

        return coded / 3 * 2 <= exam->rules->output_bytes_max;
}

static bool keeps_coefficients(const Exam *exam)
{
        return !exam->foreign && exam->header.width == PHOTO_WIDTH &&
               exam->header.height == PHOTO_HEIGHT && exam->info->orientation == 1 &&
               !exam->colour && exam->info->source_quality >= exam->rules->output_quality_min &&
               !findings_find(exam->findings, REASON_TRUNCATED) && may_fit(exam);
}

static int finish(Exam *exam)
{
        _cleanup_encoded_ Encoded jpeg = {};
        int r = 0;

        if (!exam->part.view.photo.pixels || exam->is_code)
                return 0;
        if (keeps_coefficients(exam)) {
                r = transcode_jpeg(exam->data, exam->size, exam->rules, &jpeg);
                if (r < 0)
                        return r;
        }
        if (r == 0) {
                r = encode_to_fit(&exam->part.view.photo, exam->rules, &jpeg, exam->findings);
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

        if (r < 0)
                return r;
        if (!exam->decodable) {
                judge_shape(exam);
                return 0;
        }
        r = look(exam);
        if (r < 0)
                return r;
        /* The decoder leaves parts of a damaged picture as the memory was before. */
        if (!is_damaged(exam)) {
                r = judge_blocks(exam);
                if (r >= 0)
                        r = judge_picture(exam);
                if (r < 0)
                        return r;
        }
        judge_shape(exam);
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
        if (!exam->middle.photo.pixels)
                return -ENODATA;
        r = choose_part(exam);
        if (r < 0)
                return r;
        if (!shape_is_solved(exam))
                return -ENODATA;
        if (keeps_coefficients(exam)) {
                r = transcode_jpeg(exam->data, exam->size, exam->rules, ret);
                if (r != 0)
                        return r;
        }
        return encode_best(&exam->part.view.photo, exam->rules, ret);
}

int photo_prepare(void)
{
        /* Pictures come and go in the same sizes: their pages are kept from one to the next. */
        (void)mallopt(M_MMAP_THRESHOLD, 16 << 20);
        (void)mallopt(M_TRIM_THRESHOLD, 32 << 20);
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
        exam->judging = (Judging){rules, exam->findings, &exam->info->measured};
        exam->cut = (Cut){
                .data = data,
                .size = size,
                .header = &exam->header,
                .rules = rules,
                .whole = &exam->decoded,
        };
        return exam;
}

int photo_render_centre(const void *data, size_t size, const PhotoRules *rules,
                        const PhotoModels *models, uint8_t **ret_jpeg, size_t *ret_size)
{
        const PhotoRules centre = centre_rules(rules);
        _cleanup_(photo_result_done) PhotoResult result = {};
        _cleanup_free_ Exam *exam = exam_new(data, size, &centre, models, &result);
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
