/* SPDX-License-Identifier: MIT */
#include "schema.h"
#include "catalog-internal.h"
#include "schema-gateways.h"
#include "schema-shown.h"
#include "schema-times.h"
#include "schema-warned.h"

#include <idphoto/catalog.h>
#include <idphoto/matchkey.h>

#include <assert.h>

/*
 * Numbered migrations, counted by sql_schema_version(). A released migration is never edited: a
 * change is a new one at the end.
 *
 * Triggers keep the counters (tally), so that no code path can forget them and no status file ever
 * counts rows. Temporary submissions are not counted, as no status file shows them.
 */
static const char *const migrations[] = {
        /* 1 */
        "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"

        "CREATE TABLE batch ("
        "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
        "  name TEXT NOT NULL UNIQUE,"
        "  closed INTEGER NOT NULL DEFAULT 0,"
        "  created INTEGER NOT NULL);"

        "CREATE TABLE point ("
        "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
        "  name TEXT NOT NULL,"
        "  name_key TEXT NOT NULL UNIQUE,"
        "  uid INTEGER NOT NULL,"
        "  gid INTEGER NOT NULL,"
        "  mode INTEGER NOT NULL,"
        "  mtime INTEGER NOT NULL,"
        "  submitted_mtime INTEGER NOT NULL,"
        "  created INTEGER NOT NULL,"
        "  version INTEGER NOT NULL DEFAULT 1);"

        "CREATE TABLE student ("
        "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
        "  batch INTEGER NOT NULL REFERENCES batch,"
        "  point INTEGER NOT NULL REFERENCES point,"
        "  id_number TEXT NOT NULL,"
        "  state INTEGER NOT NULL,"
        "  photo INTEGER NOT NULL DEFAULT 0,"
        "  created INTEGER NOT NULL,"
        /* From a roster; empty for a student who is known only by a drop. */
        "  on_roster INTEGER NOT NULL DEFAULT 0,"
        "  name TEXT NOT NULL DEFAULT '',"
        "  name_key TEXT NOT NULL DEFAULT '',"
        "  student_no TEXT NOT NULL DEFAULT '',"
        "  exam_no TEXT NOT NULL DEFAULT '',"
        "  sex TEXT NOT NULL DEFAULT '',"
        "  class TEXT NOT NULL DEFAULT '',"
        "  level TEXT NOT NULL DEFAULT '',"
        "  major TEXT NOT NULL DEFAULT '',"
        "  UNIQUE (batch, point, id_number));"
        "CREATE INDEX student_on_roster ON student (batch, point) WHERE on_roster = 1;"
        "CREATE INDEX student_without_photo ON student (batch, point, id) WHERE photo = 0;"
        "CREATE INDEX student_list ON student (batch, point, id);"
        "CREATE INDEX student_person ON student (batch, id_number);"
        "CREATE INDEX student_name ON student (batch, point, name_key) WHERE name_key != '';"
        "CREATE INDEX student_number ON student (batch, point, student_no) WHERE student_no != '';"

        "CREATE TABLE folder ("
        "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
        "  batch INTEGER NOT NULL REFERENCES batch,"
        "  point INTEGER NOT NULL REFERENCES point,"
        "  parent INTEGER NOT NULL,"
        "  name TEXT NOT NULL,"
        "  name_key TEXT NOT NULL,"
        "  temporary INTEGER NOT NULL,"
        "  listed INTEGER NOT NULL DEFAULT 1,"
        "  mode INTEGER NOT NULL,"
        "  mtime INTEGER NOT NULL,"
        "  UNIQUE (batch, point, parent, name_key));"
        "CREATE INDEX folder_listed ON folder (batch, point, parent, id) WHERE listed = 1 AND "
        "temporary = 0;"

        "CREATE TABLE submission ("
        "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
        "  batch INTEGER NOT NULL REFERENCES batch,"
        "  point INTEGER NOT NULL REFERENCES point,"
        "  folder INTEGER NOT NULL,"
        "  name TEXT NOT NULL,"
        "  name_key TEXT NOT NULL,"
        "  shown_name TEXT,"
        "  shown_key TEXT,"
        "  temporary INTEGER NOT NULL,"
        "  alias INTEGER NOT NULL DEFAULT 1,"
        "  state INTEGER NOT NULL,"
        "  size INTEGER NOT NULL DEFAULT 0,"
        "  mtime INTEGER NOT NULL,"
        "  mode INTEGER NOT NULL,"
        "  uid INTEGER NOT NULL,"
        "  gid INTEGER NOT NULL,"
        "  actor INTEGER NOT NULL,"
        "  created INTEGER NOT NULL,"
        "  received INTEGER NOT NULL DEFAULT 0,"
        "  applied INTEGER NOT NULL DEFAULT 0,"
        "  original BLOB,"
        "  student INTEGER NOT NULL DEFAULT 0,"
        "  photo INTEGER NOT NULL DEFAULT 0,"
        /* a number of the point's roster one digit away from the name's, "" for none */
        "  suggestion TEXT NOT NULL DEFAULT '');"
        "CREATE INDEX submission_name ON submission (batch, point, folder, name_key, id);"
        /* SQLite uses a partial index only for a query whose WHERE has the same words. */
        "CREATE INDEX submission_unfinished ON submission (batch, point, folder, id) WHERE "
        "state < 4;"
        "CREATE INDEX submission_state ON submission (state, id) WHERE state < 4;"
        "CREATE INDEX submission_rejected ON submission (batch, point, id) WHERE state = 5;"
        "CREATE INDEX submission_shown ON submission (batch, point, shown_key) WHERE state = 5;"
        "CREATE INDEX submission_alias ON submission (batch, point, folder, id)"
        "  WHERE state >= 4 AND alias = 1;"
        "CREATE INDEX submission_student ON submission (student, state) WHERE student != 0;"
        "CREATE INDEX submission_original ON submission (original) WHERE original IS NOT NULL;"

        "CREATE TABLE finding ("
        "  submission INTEGER NOT NULL REFERENCES submission ON DELETE CASCADE,"
        "  seq INTEGER NOT NULL,"
        "  code TEXT NOT NULL,"
        "  level TEXT NOT NULL,"
        "  measured REAL, measured2 REAL, min REAL, max REAL,"
        "  detail TEXT NOT NULL,"
        "  PRIMARY KEY (submission, seq)) WITHOUT ROWID;"

        "CREATE TABLE photo ("
        "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
        "  batch INTEGER NOT NULL REFERENCES batch,"
        "  point INTEGER NOT NULL REFERENCES point,"
        "  student INTEGER NOT NULL,"
        "  submission INTEGER NOT NULL REFERENCES submission,"
        "  blob BLOB NOT NULL,"
        "  size INTEGER NOT NULL,"
        "  mtime INTEGER NOT NULL,"
        "  quality INTEGER NOT NULL,"
        "  current INTEGER NOT NULL DEFAULT 0,"
        "  phash INTEGER NOT NULL DEFAULT 0,"
        "  fingerprint BLOB,"
        "  created INTEGER NOT NULL);"
        "CREATE INDEX photo_current ON photo (batch, point, id) WHERE current = 1;"
        "CREATE INDEX photo_blob ON photo (blob);"
        /* Without it every removal of a submission costs a look at every photo. */
        "CREATE INDEX photo_submission ON photo (submission);"

        /* A perceptual hash in five bands: two hashes that differ in up to four bits agree in one
           of them. */
        "CREATE TABLE phash_band ("
        "  batch INTEGER NOT NULL,"
        "  band INTEGER NOT NULL,"
        "  value INTEGER NOT NULL,"
        "  photo INTEGER NOT NULL REFERENCES photo ON DELETE CASCADE,"
        "  PRIMARY KEY (batch, band, value, photo)) WITHOUT ROWID;"
        "CREATE INDEX phash_band_photo ON phash_band (photo);"

        "CREATE TABLE event ("
        "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
        "  wall INTEGER NOT NULL,"
        "  kind TEXT NOT NULL,"
        "  point INTEGER NOT NULL,"
        "  submission INTEGER NOT NULL,"
        "  student INTEGER NOT NULL,"
        "  uid INTEGER NOT NULL);"
        "CREATE INDEX event_point ON event (point, id);"

        /* kind 0: students by state; 1: submissions by state; 2: rejected files by reason (key is
           the code's name) */
        "CREATE TABLE tally ("
        "  batch INTEGER NOT NULL,"
        "  point INTEGER NOT NULL,"
        "  kind INTEGER NOT NULL,"
        "  key NOT NULL,"
        "  n INTEGER NOT NULL,"
        "  PRIMARY KEY (batch, point, kind, key)) WITHOUT ROWID;"

        "CREATE TRIGGER student_added AFTER INSERT ON student BEGIN"
        "  INSERT INTO tally VALUES (new.batch, new.point, 0, new.state, 1)"
        "    ON CONFLICT DO UPDATE SET n = n + 1;"
        "  UPDATE point SET version = version + 1 WHERE id = new.point;"
        "END;"
        "CREATE TRIGGER student_removed AFTER DELETE ON student BEGIN"
        "  UPDATE tally SET n = n - 1 WHERE batch = old.batch AND point = old.point AND kind = 0 "
        "AND key = old.state;"
        "  UPDATE point SET version = version + 1 WHERE id = old.point;"
        "END;"
        "CREATE TRIGGER student_changed AFTER UPDATE OF state, photo, name, student_no ON student BEGIN"
        "  UPDATE tally SET n = n - 1 WHERE batch = old.batch AND point = old.point AND kind = 0 "
        "AND key = old.state;"
        "  INSERT INTO tally VALUES (new.batch, new.point, 0, new.state, 1)"
        "    ON CONFLICT DO UPDATE SET n = n + 1;"
        "  UPDATE point SET version = version + 1 WHERE id = new.point;"
        "END;"

        "CREATE TRIGGER student_told AFTER UPDATE OF on_roster, name, student_no, class, major ON "
        "student BEGIN"
        "  UPDATE point SET version = version + 1 WHERE id = new.point;"
        "END;"

        "CREATE TRIGGER submission_changed AFTER UPDATE OF state, temporary ON submission"
        "  WHEN old.state != new.state OR old.temporary != new.temporary BEGIN"
        "  UPDATE tally SET n = n - 1 WHERE old.temporary = 0 AND batch = old.batch AND point = "
        "old.point"
        "    AND kind = 1 AND key = old.state;"
        "  INSERT INTO tally SELECT new.batch, new.point, 1, new.state, 1 WHERE new.temporary = 0"
        "    ON CONFLICT DO UPDATE SET n = n + 1;"
        "  UPDATE tally SET n = n - 1 WHERE old.state = 5 AND batch = old.batch AND point = "
        "old.point AND kind = 2"
        "    AND key IN (SELECT code FROM finding WHERE submission = old.id AND level = 'reject');"
        "  INSERT INTO tally SELECT new.batch, new.point, 2, code, 1 FROM finding"
        "    WHERE new.state = 5 AND submission = new.id AND level = 'reject'"
        "    ON CONFLICT DO UPDATE SET n = n + 1;"
        "  UPDATE point SET version = version + 1 WHERE id = new.point;"
        "END;"
        "CREATE TRIGGER submission_added AFTER INSERT ON submission WHEN new.temporary = 0 BEGIN"
        "  INSERT INTO tally VALUES (new.batch, new.point, 1, new.state, 1)"
        "    ON CONFLICT DO UPDATE SET n = n + 1;"
        "  UPDATE point SET version = version + 1 WHERE id = new.point;"
        "END;"
        "CREATE TRIGGER finding_added AFTER INSERT ON finding WHEN new.level = 'reject'"
        "  AND (SELECT state FROM submission WHERE id = new.submission) = 5 BEGIN"
        "  INSERT INTO tally SELECT batch, point, 2, new.code, 1 FROM submission WHERE id = "
        "new.submission"
        "    ON CONFLICT DO UPDATE SET n = n + 1;"
        "END;"
        "CREATE TRIGGER finding_removed AFTER DELETE ON finding WHEN old.level = 'reject'"
        "  AND (SELECT state FROM submission WHERE id = old.submission) = 5 BEGIN"
        "  UPDATE tally SET n = n - 1 WHERE (batch, point) ="
        "    (SELECT batch, point FROM submission WHERE id = old.submission) AND kind = 2 AND key "
        "= old.code;"
        "END;"
        /* The cascade comes too late: the submission that tells which counter to change would be
         * gone. */
        "CREATE TRIGGER submission_removing BEFORE DELETE ON submission WHEN old.state = 5 BEGIN"
        "  DELETE FROM finding WHERE submission = old.id;"
        "END;"
        "CREATE TRIGGER submission_removed AFTER DELETE ON submission WHEN old.temporary = 0 BEGIN"
        "  UPDATE tally SET n = n - 1 WHERE batch = old.batch AND point = old.point AND kind = 1 "
        "AND key = old.state;"
        "  UPDATE point SET version = version + 1 WHERE id = old.point;"
        "END;",

        /* 2: what people decide, how far the centre and the register are, who did what */
        "ALTER TABLE student ADD COLUMN rejections INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE student ADD COLUMN stage TEXT NOT NULL DEFAULT '';"
        "ALTER TABLE student ADD COLUMN stage_since INTEGER NOT NULL DEFAULT 0;"
        "CREATE INDEX student_stage ON student (batch, point, stage, stage_since) WHERE stage != '';"
        "CREATE TRIGGER student_staged AFTER UPDATE OF rejections, stage, stage_since ON student "
        "BEGIN"
        "  UPDATE point SET version = version + 1 WHERE id = new.point;"
        "END;"

        "ALTER TABLE photo ADD COLUMN reason TEXT NOT NULL DEFAULT '';"
        "ALTER TABLE photo ADD COLUMN note TEXT NOT NULL DEFAULT '';"
        "ALTER TABLE photo ADD COLUMN centre BLOB;"
        "ALTER TABLE photo ADD COLUMN centre_size INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE photo ADD COLUMN head_top REAL;"
        "ALTER TABLE photo ADD COLUMN eye_line REAL;"
        "ALTER TABLE photo ADD COLUMN face_width REAL;"
        "ALTER TABLE photo ADD COLUMN face_centre REAL;"
        "ALTER TABLE photo ADD COLUMN head_tilt REAL;"
        "CREATE INDEX photo_decided ON photo (batch, reason, id) WHERE reason != '';"
        "CREATE INDEX photo_in_batch ON photo (batch, id) WHERE current = 1;"
        "CREATE INDEX photo_without_centre ON photo (batch, id) WHERE current = 1 AND centre IS "
        "NULL;"
        "CREATE INDEX photo_centre ON photo (centre) WHERE centre IS NOT NULL;"
        "CREATE TRIGGER photo_decided AFTER UPDATE OF reason, note ON photo BEGIN"
        "  UPDATE point SET version = version + 1 WHERE id = new.point;"
        "END;"
        /* A person's rejection stands as long as its file is in rejected/. */
        "CREATE TRIGGER submission_left_rejected AFTER UPDATE OF state ON submission"
        "  WHEN old.state = 5 AND new.state != 5 AND new.photo != 0 BEGIN"
        "  UPDATE photo SET reason = '' WHERE id = new.photo AND reason != '';"
        "END;"

        "ALTER TABLE event ADD COLUMN detail TEXT NOT NULL DEFAULT '';"
        /* made by a command beside the daemon, which then has to tell its watchers */
        "ALTER TABLE event ADD COLUMN outside INTEGER NOT NULL DEFAULT 0;"
        "CREATE INDEX event_outside ON event (outside, id) WHERE outside = 1;"
        "CREATE INDEX event_student ON event (student, id) WHERE student != 0;",

        /* 3: the events become a chain that shows what was done to it; entries of before have no
           hash and stay as they are. person: keyed hash of the ID number; told: a status shows it
         */
        "ALTER TABLE event ADD COLUMN actor TEXT NOT NULL DEFAULT '';"
        "ALTER TABLE event ADD COLUMN person BLOB;"
        "ALTER TABLE event ADD COLUMN told INTEGER NOT NULL DEFAULT 1;"
        "ALTER TABLE event ADD COLUMN chain BLOB;"
        "CREATE INDEX event_person ON event (person, id) WHERE person IS NOT NULL;"
        "CREATE UNIQUE INDEX event_received ON event (submission) WHERE kind = 'received';"
        "CREATE INDEX event_told ON event (told, id) WHERE told = 1;"
        "CREATE INDEX event_point_told ON event (point, id) WHERE told = 1;"
        "DROP INDEX event_point;"
        "CREATE TRIGGER event_stays_as_it_is BEFORE UPDATE ON event BEGIN"
        "  SELECT RAISE(ABORT, 'an event is never changed');"
        "END;"
        "CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN"
        "  SELECT RAISE(ABORT, 'an event is never removed');"
        "END;",

        /* 4: a verdict holds only for the generation that it was made for; what a client deleted
           for the sake of a newcomer is named by the newcomer */
        "ALTER TABLE submission ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE submission ADD COLUMN replaces INTEGER NOT NULL DEFAULT 0;",

        /* 5: a folder is its maker's, and may be removed for good. Those of before were shown as
           the point's. cleared: how many times it went away by itself; temporary = 2: listed */
        "ALTER TABLE folder ADD COLUMN uid INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE folder ADD COLUMN gid INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE folder ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE folder ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0;"
        "DROP INDEX folder_listed;"
        "CREATE INDEX folder_listed ON folder (batch, point, parent, id) WHERE listed = 1 AND "
        "temporary != 1;"
        "CREATE INDEX folder_temporary ON folder (batch, point, parent, id) WHERE temporary = 1 AND "
        "removed = 0;"
        "CREATE INDEX folder_removed ON folder (id) WHERE removed = 1;"
        /* of submitted/; NULL: as the point's */
        "ALTER TABLE point ADD COLUMN submitted_uid INTEGER;"
        "ALTER TABLE point ADD COLUMN submitted_gid INTEGER;"
        "ALTER TABLE point ADD COLUMN submitted_mode INTEGER;"
        "UPDATE folder SET (uid, gid) = (SELECT uid, gid FROM point WHERE id = folder.point);",

        /* 6: when the listings and the files changed */
        SCHEMA_TIMES,

        /* 7: names and numbers are compared by keys that both sides have gone through; "" for a
           number that is its own key in upper case */
        "ALTER TABLE student ADD COLUMN number_key TEXT NOT NULL DEFAULT '';"
        "ALTER TABLE student ADD COLUMN no_key TEXT NOT NULL DEFAULT '';"
        "UPDATE student SET number_key = match_key_stored(id_number),"
        "  name_key = match_key(name), no_key = match_key_stored(student_no);"
        "CREATE INDEX student_number_key ON student (batch, point, number_key)"
        "  WHERE number_key != '';"
        "CREATE INDEX student_no_key ON student (batch, point, no_key) WHERE no_key != '';",

        /* 8: who counts, and what corrections leave behind */
        SCHEMA_SHOWN,

        /* 9: submitted/ lists the folders that were dropped into the point */
        "CREATE INDEX folder_dropped ON folder (batch, point, parent, id)"
        "  WHERE removed = 0 AND temporary != 1;",

        /* 10: whose photo is warned */
        SCHEMA_WARNED,

        /* 11: what was packed in an archive */
        "ALTER TABLE submission ADD COLUMN archive INTEGER NOT NULL DEFAULT 0;",

        /* 12: who writes, where others may do so over a network; a file has one writer at a time */
        "CREATE TABLE lane ("
        "  id INTEGER PRIMARY KEY, term INTEGER NOT NULL, tx INTEGER NOT NULL);"
        "INSERT INTO lane VALUES (0, 0, 0), (1, 0, 0);",

        /* 13: whose an upload is, and whose an event */
        SQLITE_GATEWAYS,

        /* 14: how fast a server counts; a file has triggers alone */
        "",
};

/* What a migration computes that SQL cannot. What is not UTF-8 is compared with nothing. */
static int add_functions(Catalog *catalog)
{
        int r = sql_add_function(catalog_sql(catalog), "match_key", match_key);

        return r < 0 ? r
                     : sql_add_function(catalog_sql(catalog), "match_key_stored", match_key_stored);
}

/* PostgreSQL begins with the twelfth of those migrations, as a whole. From then on each has two
 * texts. */
enum { POSTGRES_FIRST = 12 };

static const char *const postgres_migrations[] = {
        schema_postgres,

        /* 13 */
        POSTGRES_GATEWAYS,

        /* 14 */
        schema_postgres_plans,
};
static_assert(ELEMENTSOF(migrations) == POSTGRES_FIRST - 1 + ELEMENTSOF(postgres_migrations),
              "a migration has a text for each engine");

/* The text that leads from that version to the next that there is. */
static const char *text_of(const Catalog *catalog, int64_t version, int64_t *ret_next)
{
        if (sql_engine(catalog_sql((Catalog *)catalog)) != SQL_POSTGRES) {
                *ret_next = version + 1;
                return migrations[version];
        }
        *ret_next = MAX(version + 1, (int64_t)POSTGRES_FIRST);
        return postgres_migrations[*ret_next - POSTGRES_FIRST];
}

int catalog_migrate(Catalog *catalog)
{
        int64_t version, following;
        int r;

        r = sql_schema_version(catalog_sql(catalog), &version);
        if (r < 0)
                return r;
        if (version > (int64_t)ELEMENTSOF(migrations))
                return -EPROTO;
        r = version < (int64_t)ELEMENTSOF(migrations) ? add_functions(catalog) : 0;
        if (r < 0)
                return r;
        for (; version < (int64_t)ELEMENTSOF(migrations); version = following) {
                const char *text = text_of(catalog, version, &following);
                int64_t now;

                r = catalog_begin(catalog, true);
                if (r < 0)
                        return r;
                /* Another process may have migrated the database while this one waited for the
                 * lock. */
                r = sql_schema_version(catalog_sql(catalog), &now);
                if (r >= 0 && now == version) {
                        r = catalog_execute(catalog, text);
                        if (r >= 0)
                                r = sql_set_schema_version(catalog_sql(catalog), following);
                }
                if (r < 0) {
                        catalog_rollback(catalog);
                        return r;
                }
                r = catalog_commit(catalog);
                if (r < 0)
                        return r;
        }
        return 0;
}
