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

int catalog_add_phash(Catalog *catalog, int64_t photo, uint64_t phash)
{
        int r = 0;

        for (int band = 0; band < BANDS && phash != 0 && r >= 0; band++)
                r = catalog_run(
                        catalog,
                        "INSERT INTO phash_band (batch, band, value, photo)"
                        " SELECT batch, ?2, ?3, id FROM photo WHERE id = ?1",
                        VALUES(INTEGER(photo), INTEGER(band), INTEGER(band_value(phash, band))));
        return r;
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
        " AND (p.current = 1 OR (SELECT state FROM submission WHERE id = p.submission) = " STATE_PASSED \
        ")" \
        " AND p.student != ?1 AND NOT EXISTS (SELECT 1 FROM student AS a, student AS b" \
        "   WHERE a.id = ?1 AND b.id = p.student AND a.id_number = b.id_number)"

static int find_same_original(Catalog *catalog, int64_t batch, int64_t student,
                              const Sha256 *original, int64_t *ret_student)
{
        return catalog_one(
                catalog,
                "SELECT p.student FROM submission AS s JOIN photo AS p ON p.submission = s.id"
                " WHERE s.original = ?2 AND p.batch = ?3" OTHER_PEOPLES " LIMIT 1",
                VALUES(INTEGER(student), HASH(original), INTEGER(batch)), read_integer,
                ret_student);
}

typedef struct Search {
        int64_t batch;
        int64_t student;
        const Picture *picture;
        int band;
        int64_t found;
} Search;

static int take_candidate(const SqlRows *s, void *userdata)
{
        Search *search = userdata;
        uint64_t other = (uint64_t)sql_integer(s, 1);
        PhotoFingerprint theirs;

        if (photo_phash_distance(search->picture->phash, other) > PHOTO_PHASH_SAME ||
            first_shared_band(search->picture->phash, other) != search->band ||
            !sql_fingerprint(s, 2, &theirs) ||
            photo_fingerprint_distance(search->picture->fingerprint, &theirs) >
                    PHOTO_FINGERPRINT_SAME)
                return 0;
        search->found = sql_integer(s, 0);
        return 1;
}

static int search_band(Catalog *catalog, Search *search)
{
        return catalog_each(catalog,
                            "SELECT p.student, p.phash, p.fingerprint FROM phash_band AS h"
                            " JOIN photo AS p ON p.id = h.photo WHERE h.batch = ?2 AND h.band = ?3"
                            " AND h.value = ?4" OTHER_PEOPLES,
                            VALUES(INTEGER(search->student), INTEGER(search->batch),
                                   INTEGER(search->band),
                                   INTEGER(band_value(search->picture->phash, search->band))),
                            take_candidate, search);
}

int catalog_find_same_picture(Catalog *catalog, int64_t batch, int64_t student,
                              const Picture *picture, int64_t *ret_student)
{
        Search search = {.batch = batch, .student = student, .picture = picture};
        int r = find_same_original(catalog, batch, student, picture->original, ret_student);

        if (r != 0 || picture->phash == 0)
                return r;
        for (; search.band < BANDS && r == 0; search.band++)
                r = search_band(catalog, &search);
        if (r > 0)
                *ret_student = search.found;
        return r;
}
