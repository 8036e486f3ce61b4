/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * A finding is one result of a check of a submission: what it is (a reason code), how grave it is
 * (a level), what was measured and what is allowed. A verdict consists of all findings, never only
 * the first [P7]. A verdict is not an error: a function that examines returns 0 with findings, and
 * a negative errno only when it could not examine.
 *
 * Findings are plain data. The worker sends them over its socket, and the catalog stores them. The
 * name of a code never changes; its number may.
 */

typedef enum FindingLevel {
        FINDING_FIXED,  /* corrected; only for information */
        FINDING_WARN,   /* accepted, but a reviewer should look */
        FINDING_REJECT, /* not accepted */
        _FINDING_LEVEL_MAX,
        _FINDING_LEVEL_INVALID = -EINVAL,
} FindingLevel;

const char *finding_level_to_string(FindingLevel level); /* "fixed", "warn", "reject" */
FindingLevel finding_level_from_string(const char *s);

/*
 * Reasons for which people reject, at the office or elsewhere [R2]: X(SYMBOL, "name"). Add a new
 * reason at the end, because inode numbers contain the position in this list.
 */
#define DECISION_CODES(X) \
        X(EYES_CLOSED, "eyes-closed") \
        X(HAIR, "hair") \
        X(GLASSES_REFLECTION, "glasses-reflection") \
        X(GLASSES, "glasses") \
        X(CLOTHES_LIKE_BACKDROP, "clothes-like-backdrop") \
        X(CLOTHES, "clothes") \
        X(JEWELLERY, "jewellery") \
        X(HEADWEAR, "headwear") \
        X(MAKE_UP, "make-up") \
        X(RETOUCHED, "retouched") \
        X(POSE, "pose") \
        X(EXPRESSION, "expression") \
        X(LIGHT, "light") \
        X(BACKDROP, "backdrop") \
        X(OUT_OF_FOCUS, "out-of-focus") \
        X(COMPOSITION, "composition") \
        X(REPHOTOGRAPHED, "rephotographed") \
        X(SELFIE, "selfie") \
        X(FLIPPED, "flipped") \
        X(NOT_THIS_PERSON, "not-this-person") \
        X(WRONG_DETAILS, "wrong-details") \
        X(CENTRE_REFUSED, "centre-refused") \
        X(REGISTRY_QUALITY, "registry-quality") \
        X(REGISTRY_FACE_MATCH, "registry-face-match") \
        X(REGISTRY_IDENTITY, "registry-identity") \
        X(OTHER, "other")

/*
 * Every reason: X(SYMBOL, "name"). The table of src/domain/reasontable.c holds their texts in both
 * languages, units and advice. Names are kebab-case and never change once released.
 */
#define REASON_CODES(X) \
        /* the file: what it is */ \
        X(EMPTY_FILE, "empty-file") \
        X(FILE_TOO_LARGE, "file-too-large") \
        X(NOT_A_PHOTO, "not-a-photo") \
        X(FORMAT_HEIC, "format-heic") \
        X(FORMAT_AVIF, "format-avif") \
        X(FORMAT_PNG, "format-png") \
        X(FORMAT_WEBP, "format-webp") \
        X(FORMAT_GIF, "format-gif") \
        X(FORMAT_BMP, "format-bmp") \
        X(FORMAT_TIFF, "format-tiff") \
        X(FORMAT_JPEG2000, "format-jpeg2000") \
        X(FORMAT_JPEGXL, "format-jpegxl") \
        X(FORMAT_ICON, "format-icon") \
        X(FORMAT_NETPBM, "format-netpbm") \
        X(FORMAT_TGA, "format-tga") \
        X(FORMAT_PSD, "format-psd") \
        X(FORMAT_RAW, "format-raw") \
        X(FORMAT_PDF, "format-pdf") \
        X(FORMAT_VIDEO, "format-video") \
        X(FORMAT_TEXT, "format-text") \
        X(FORMAT_ARCHIVE, "format-archive") \
        X(FORMAT_OFFICE, "format-office") \
        X(FORMAT_PROGRAM, "format-program") \
        X(BLANK_FILE, "blank-file") \
        X(ARCHIVE_ENCRYPTED, "archive-encrypted") \
        X(ARCHIVE_NESTED, "archive-nested") \
        X(ARCHIVE_DAMAGED, "archive-damaged") \
        X(ARCHIVE_TOO_MANY, "archive-too-many") \
        X(ARCHIVE_TOO_LARGE, "archive-too-large") \
        X(ARCHIVE_FILE_NAME, "archive-file-name") \
        X(ARCHIVE_EMPTY, "archive-empty") \
        X(ARCHIVE_NO_ROOM, "archive-no-room") \
        X(ARCHIVE_UNREADABLE, "archive-unreadable") \
        /* the JPEG: whether it can be read */ \
        X(TRUNCATED, "truncated") \
        X(CORRUPT, "corrupt") \
        X(UNSUPPORTED_JPEG, "unsupported-jpeg") \
        X(TWELVE_BIT, "twelve-bit") \
        X(GREY_JPEG, "grey-jpeg") \
        X(CMYK, "cmyk") \
        X(TOO_MANY_SCANS, "too-many-scans") \
        X(TOO_MANY_PIXELS, "too-many-pixels") \
        X(TOO_SMALL, "too-small") \
        X(ASPECT_RATIO, "aspect-ratio") \
        X(LANDSCAPE, "landscape") \
        X(MIRRORED, "mirrored") \
        X(SEVERAL_PICTURES, "several-pictures") \
        X(NOT_UPRIGHT, "not-upright") \
        X(INPUT_QUALITY, "input-quality") \
        X(RECOMPRESSED, "recompressed") \
        X(OUTPUT_TOO_LARGE, "output-too-large") \
        X(OUTPUT_TOO_SMALL, "output-too-small") \
        X(EXAMINER_CRASHED, "examiner-crashed") \
        X(EXAMINER_TIMEOUT, "examiner-timeout") \
        X(EXAMINER_MEMORY, "examiner-memory") \
        /* the JPEG: what was put right */ \
        X(TURNED_UPRIGHT, "turned-upright") \
        X(CROPPED, "cropped") \
        X(FRAMED, "framed") \
        X(RESIZED, "resized") \
        X(RECODED, "recoded") \
        X(DENSITY_SET, "density-set") \
        X(METADATA_REMOVED, "metadata-removed") \
        X(TAIL_REMOVED, "tail-removed") \
        X(ODDITIES_IGNORED, "oddities-ignored") \
        X(CONVERTED, "converted") \
        X(TRANSPARENCY_FILLED, "transparency-filled") \
        X(COLOUR_CONVERTED, "colour-converted") \
        X(COLOUR_PROFILE_IGNORED, "colour-profile-ignored") \
        /* the picture */ \
        X(BLANK_PICTURE, "blank-picture") \
        X(GREY_PICTURE, "grey-picture") \
        X(SEPIA, "sepia") \
        X(BLUR, "blur") \
        X(EXPOSURE_OVER, "exposure-over") \
        X(EXPOSURE_UNDER, "exposure-under") \
        X(LOW_CONTRAST, "low-contrast") \
        X(COLOUR_CAST, "colour-cast") \
        X(SIDE_LIGHT, "side-light") \
        X(NOISE, "noise") \
        X(BACKDROP_COLOUR, "backdrop-colour") \
        X(BACKDROP_UNEVEN, "backdrop-uneven") \
        X(BORDER, "border") \
        X(HEAD_TOP, "head-top") \
        X(EYE_LINE, "eye-line") \
        X(FACE_WIDTH, "face-width") \
        X(OFF_CENTRE, "off-centre") \
        X(HEAD_TILT, "head-tilt") \
        X(SHOULDERS, "shoulders") \
        X(PALE_CLOTHES, "pale-clothes") \
        X(NO_FACE, "no-face") \
        X(SEVERAL_FACES, "several-faces") \
        X(EYES_NOT_FOUND, "eyes-not-found") \
        X(RED_EYE, "red-eye") \
        X(FACE_COVERED, "face-covered") \
        X(GLARE, "glare") \
        X(FOREHEAD_COVERED, "forehead-covered") \
        X(FACE_NOT_CHECKED, "face-not-checked") \
        X(COLLECTION_CODE, "collection-code") \
        X(SCREENSHOT, "screenshot") \
        X(OLD_PHOTO, "old-photo") \
        /* the name: whose photo it is */ \
        X(NAME_NO_NUMBER, "name-no-number") \
        X(NAME_TWO_NUMBERS, "name-two-numbers") \
        X(NUMBER_CHECK_DIGIT, "number-check-digit") \
        X(NUMBER_DATE, "number-date") \
        X(NUMBER_FUTURE, "number-future") \
        X(NUMBER_REGION, "number-region") \
        X(NUMBER_SPREADSHEET_ZEROS, "number-spreadsheet-zeros") \
        X(NUMBER_SPREADSHEET_EXPONENT, "number-spreadsheet-exponent") \
        X(NUMBER_LENGTH, "number-length") \
        X(NUMBER_LEGACY_UNKNOWN, "number-legacy-unknown") \
        X(NOT_ON_ROSTER, "not-on-roster") \
        X(NAME_AMBIGUOUS, "name-ambiguous") \
        X(NUMBER_TWICE_ON_ROSTER, "number-twice-on-roster") \
        X(NAME_OF_ANOTHER, "name-of-another") \
        /* the state of the student */ \
        X(SAME_PICTURE, "same-picture") \
        X(ALREADY_APPROVED, "already-approved") \
        X(LOCKED, "locked") \
        X(BATCH_CLOSED, "batch-closed") \
        /* storage */ \
        X(UPLOAD_INCOMPLETE, "upload-incomplete") \
        X(UNDECIDED, "undecided") \
        DECISION_CODES(X)

typedef enum ReasonCode {
#define X(symbol, name) REASON_##symbol,
        REASON_CODES(X)
#undef X
                _REASON_MAX,
        _REASON_INVALID = -EINVAL,
} ReasonCode;

const char *reason_to_string(ReasonCode code); /* the kebab-case name; NULL out of range */
ReasonCode reason_from_string(const char *s);

#define FINDING_DETAIL_SIZE 96
#define FINDINGS_MAX        48

/*
 * A finding with its values. A value or bound that does not apply is NAN. Values are in the
 * reason's unit: pixels, bytes, percent 0..100, degrees, days, JPEG quality 1..100. For the size of
 * a picture, measured is the width, measured2 is the height, and the bounds are those of the width;
 * the bounds of the height are 4/3 of them. For the aspect ratio, measured is width / height or,
 * with measured2, the two values are the sides. Pixel counts are plain counts.
 */
typedef struct Finding {
        ReasonCode code;
        FindingLevel level;
        double measured;
        double measured2;                 /* the second value of reasons with two: 358 x 441 */
        double min;                       /* smallest allowed */
        double max;                       /* largest allowed */
        char detail[FINDING_DETAIL_SIZE]; /* UTF-8, NUL-terminated, never an ID number or name; ""
                                             for none */
} Finding;

typedef struct Findings {
        size_t n;
        Finding items[FINDINGS_MAX];
        Finding spare; /* receives a finding that is not kept; not part of the verdict */
} Findings;

/* Adds a finding without values and returns it for the caller to fill in; never NULL. Of two
 * findings with the same code the graver one is kept, and of two equally grave ones the later. When
 * the array is full, a graver finding replaces the last of the least grave ones, so a reject is
 * never lost. */
Finding *findings_add(Findings *findings, ReasonCode code, FindingLevel level);
Finding *findings_add_value(Findings *findings, ReasonCode code, FindingLevel level,
                            double measured, double min, double max);
bool findings_reject(const Findings *findings); /* whether any finding rejects */
const Finding *findings_find(const Findings *findings, ReasonCode code);
size_t findings_count(const Findings *findings, FindingLevel level);
/* Sorts them: rejections first, then warnings. Among equals comes first what a person decided, then
 * what the file is, whether it can be read, what the picture shows, and its name last: a better
 * name does not help a photo that has to be taken again. */
void findings_sort(Findings *findings);
/* By how much the measured value is outside of its bounds, in proportion to the bound; 0 where it is
 * inside or one of them is not known. */
double finding_outside(const Finding *finding);
/* The gravest finding, and of those the one furthest outside; NULL: there is none. */
const Finding *findings_worst(const Findings *findings);

/* ---- texts for people, from the table of src/domain/reasontable.c ---- */

/* One short sentence without values that says what is wrong or was corrected: "The picture is not
 * 3:4." */
const char *reason_title(ReasonCode code, Language language);
/* What to do about it: one or two sentences in the user's terms. "": nothing needs to be done. */
const char *reason_advice(ReasonCode code, Language language);
/* The reason in a few words, as it may stand in a file's name, also on Windows: "no ID number". ""
 * out of range. */
#define REASON_BRIEF_BYTES_MAX 32
const char *reason_brief(ReasonCode code, Language language);

/* Title and advice of a finding. They say more than those of its code where the values tell in
 * which direction it is wrong: "The head is too high: too little room above it." */
const char *finding_title(const Finding *finding, Language language);
const char *finding_advice(const Finding *finding, Language language);

/* Whether the file is no picture of anybody, so that its name does not matter [P2]. */
bool reason_is_no_picture(ReasonCode code);
/* Whether it says why an archive was not unpacked [D12]. */
bool reason_is_about_archive(ReasonCode code);
/* Whether it is about the name of the file or its folder. */
bool reason_is_about_name(ReasonCode code);
/* Whether the code is one of DECISION_CODES. */
bool reason_is_decision(ReasonCode code);
/* The n-th of DECISION_CODES, from 0; _REASON_INVALID after the last. */
ReasonCode reason_decision(size_t n);
/* The name of the decision's folder in OFFICE/rejected/: one or two words, valid as a file name.
 * NULL for a code that is not a decision. */
const char *reason_folder(ReasonCode code, Language language);
/* The decision whose folder or code has that name; _REASON_INVALID: none. */
ReasonCode reason_from_folder(const char *name);

/* Appends what is known beyond the title, as in "measured 358 x 441 pixels, allowed at least
 * 480 x 640; RGB 182,60,60". The bounds are those that decided. Appends nothing when nothing is
 * known. */
void finding_append_values(Text *text, const Finding *finding, Language language);
/* Appends the finding for people: its title, and these in brackets. */
void finding_append_words(Text *text, const Finding *finding, Language language);

/* ---- for programs ---- */

/* The unit of the values of such a finding: "pixels", "bytes", "percent" … NULL: plain numbers, or
 * no values. The two sides of a picture are pixels anyway. */
const char *reason_unit(ReasonCode code);
/* Appends the finding as "blur=0.84;max=0.72", "too-small=358x441;min=480" or "no-number". What is
 * not known is left out; there are no blanks or commas in it. */
void finding_append_code(Text *text, const Finding *finding);
/* Appends all of them, the gravest first, with commas between them; what was put right is none. */
void findings_append_codes(Text *text, const Findings *findings);
