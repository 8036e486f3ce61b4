/* SPDX-License-Identifier: MIT */
#include "catalog-photo.h"
#include "states.h"

#include <idphoto/photorow.h>

#include <assert.h>

/*
 * Finds photos of the same picture without looking at all of them [W4]. A hash is cut into five
 * bands. Two hashes that differ in at most four bits are equal in at least one band, so only the
 * few photos that share a band need comparing. For the few among those whose hashes are near, the
 * fingerprints decide.
 */

enum { BANDS = 5, HASH_BITS = 64 };
static_assert((int)PHOTO_PHASH_SAME < (int)BANDS, "closer hashes must share a band");

static int64_t band_value(uint64_t phash, int band)
{
        int from = band * HASH_BITS / BANDS, to = (band + 1) * HASH_BITS / BANDS;

        return (int64_t)(phash >> from & ((UINT64_C(1) << (to - from)) - 1));
}

/* The bands of a hash as a table of band and value, from five placeholders. */
#define BANDS_OF(a, b, c, d, e) \
        "(VALUES (0, " a "), (1, " b "), (2, " c "), (3, " d "), (4, " e "))"
#define BAND(phash, band) INTEGER(band_value(phash, band))
#define BAND_VALUES(phash) \
        BAND(phash, 0), BAND(phash, 1), BAND(phash, 2), BAND(phash, 3), BAND(phash, 4)

int catalog_add_phash(Catalog *catalog, int64_t submission, uint64_t phash)
{
        if (phash == 0)
                return 0;
        return catalog_run(catalog,
                           "INSERT INTO phash_band (batch, band, value, photo)"
                           " SELECT p.batch, b.column1, b.column2, p.id"
                           " FROM (SELECT batch, id FROM photo WHERE submission = ?1"
                           "   ORDER BY id DESC LIMIT 1) AS p"
                           ", " BANDS_OF("?2", "?3", "?4", "?5", "?6") " AS b",
                           VALUES(INTEGER(submission), BAND_VALUES(phash)));
}

/* When a pair shares several bands, it is compared in the first of them only. */
static int first_shared_band(uint64_t a, uint64_t b)
{
        int band = 0;

        while (band < BANDS && band_value(a, band) != band_value(b, band))
                band++;
        return band;
}

/* The photos p that a photo of student ?1 is compared with: those that count, and those that passed
 * and will count in a moment, because two files may be dropped at once. A person who is enrolled at
 * two points is two students, but one person. */
#define OTHER_PEOPLES \
        " AND (p.current = 1 OR ((?9 = 0 OR p.submission < ?9)" \
        "   AND (SELECT state FROM submission WHERE id = p.submission) = " STATE_PASSED "))" \
        " AND p.student != ?1 AND NOT EXISTS (SELECT 1 FROM student AS a, student AS b" \
        "   WHERE a.id = ?1 AND b.id = p.student AND a.id_number = b.id_number)"

typedef struct Search {
        const Picture *picture;
        int64_t found;
} Search;

enum { OF_SAME_ORIGINAL = -1 }; /* in place of a band */

static int take_candidate(const SqlRows *s, void *userdata)
{
        Search *search = userdata;
        int64_t band = sql_integer(s, 1);
        uint64_t other = (uint64_t)sql_integer(s, 2);
        PhotoFingerprint theirs;

        if (band != OF_SAME_ORIGINAL &&
            (photo_phash_distance(search->picture->phash, other) > PHOTO_PHASH_SAME ||
             first_shared_band(search->picture->phash, other) != band ||
             !sql_fingerprint(s, 3, &theirs) ||
             photo_fingerprint_distance(search->picture->fingerprint, &theirs) >
                     PHOTO_FINGERPRINT_SAME))
                return 0;
        search->found = sql_integer(s, 0);
        return 1;
}

static int read_picture(const SqlRows *s, void *userdata)
{
        PictureRow *row = userdata;

        if (!sql_hash(s, 0, &row->original))
                return 0;
        row->picture = (Picture){.original = &row->original, .fingerprint = &row->fingerprint};
        if (sql_fingerprint(s, 2, &row->fingerprint))
                row->picture.phash = (uint64_t)sql_integer(s, 1);
        return 1;
}

int catalog_get_picture(Catalog *catalog, int64_t submission, PictureRow *ret)
{
        return catalog_one(catalog,
                           "SELECT s.original, p.phash, p.fingerprint FROM submission AS s"
                           " JOIN photo AS p ON p.id = s.photo WHERE s.id = ?1",
                           VALUES(INTEGER(submission)), read_picture, ret);
}

#define SAME_ORIGINAL \
        "SELECT p.student, -1, p.phash, p.fingerprint FROM submission AS s" \
        " JOIN photo AS p ON p.submission = s.id" \
        " WHERE s.original = ?2 AND p.batch = ?3" OTHER_PEOPLES

int catalog_find_same_picture(Catalog *catalog, int64_t batch, int64_t student,
                              const Picture *picture, int64_t before, int64_t *ret_student)
{
        Search search = {.picture = picture};
        int r = catalog_some(
                catalog,
                picture->phash == 0 ? SAME_ORIGINAL " LIMIT 1"
                                    : SAME_ORIGINAL
                        " UNION ALL SELECT p.student, h.band, p.phash, p.fingerprint"
                        " FROM " BANDS_OF("?4", "?5", "?6", "?7",
                                          "?8") " AS b"
                                                " CROSS JOIN phash_band AS h ON h.batch = ?3"
                                                "   AND h.band = b.column1 AND h.value = b.column2"
                                                " CROSS JOIN photo AS p ON p.id = h.photo"
                                                " WHERE h.batch = ?3" OTHER_PEOPLES,
                VALUES(INTEGER(student), HASH(picture->original), INTEGER(batch),
                       BAND_VALUES(picture->phash), INTEGER(before)),
                take_candidate, &search);

        if (r > 0)
                *ret_student = search.found;
        return r;
}
