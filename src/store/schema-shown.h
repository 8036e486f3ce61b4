/* SPDX-License-Identifier: MIT */
#pragma once

#include "schema-times.h"

/*
 * Migration 8: who counts, and what a correction leaves behind.
 *
 * A student counts, and is listed, who stands on the roster, has a photo, or has a file in
 * rejected/ [W6]. Others stay as rows, because what they sent hangs on them. Triggers count the
 * files; the column `shown` is computed, so that no code path can forget it.
 *
 * Students, photos and submissions may also change their point. Counters and times follow.
 */

/* clang-format off */

#define STUDENT_COUNTED(row, by) \
        "INSERT INTO tally SELECT " row ".batch, " row ".point, 0, " row ".state, " by \
        " WHERE " row ".shown ON CONFLICT DO UPDATE SET n = n + " by ";"
#define STANDS_IN_MISSING(row) "(" row ".photo = 0 AND " row ".shown)"

#define SCHEMA_SHOWN \
        "ALTER TABLE student ADD COLUMN files INTEGER NOT NULL DEFAULT 0;" \
        "UPDATE student SET files = (SELECT count(*) FROM submission AS s" \
        "   WHERE s.student = student.id AND s.student != 0 AND s.state = 5)" \
        "  WHERE id IN (SELECT student FROM submission WHERE state = 5 AND student != 0);" \
        "ALTER TABLE student ADD COLUMN shown INTEGER GENERATED ALWAYS AS" \
        "  (on_roster != 0 OR photo != 0 OR files != 0) VIRTUAL;" \
        "DROP TRIGGER student_added;" \
        "DROP TRIGGER student_removed;" \
        "DROP TRIGGER student_changed;" \
        "DROP TRIGGER place_of_new_missing;" \
        "DROP TRIGGER place_of_removed_missing;" \
        "DROP TRIGGER place_of_missing;" \
        "CREATE TRIGGER student_added AFTER INSERT ON student BEGIN " \
        STUDENT_COUNTED("new", "1") \
        "UPDATE point SET version = version + 1 WHERE id = new.point;" \
        "END;" \
        "CREATE TRIGGER student_removed AFTER DELETE ON student BEGIN " \
        STUDENT_COUNTED("old", "-1") \
        "UPDATE point SET version = version + 1 WHERE id = old.point;" \
        "END;" \
        "CREATE TRIGGER student_changed AFTER UPDATE OF point, id_number, state, photo, files," \
        "  on_roster, name, student_no ON student BEGIN " \
        STUDENT_COUNTED("old", "-1") \
        STUDENT_COUNTED("new", "1") \
        "UPDATE point SET version = version + 1 WHERE id IN (old.point, new.point);" \
        "END;" \
        "CREATE TRIGGER student_file AFTER UPDATE OF state, student ON submission" \
        "  WHEN (old.state = 5) != (new.state = 5)" \
        "    OR (new.state = 5 AND old.student != new.student) BEGIN" \
        "  UPDATE student SET files = files - 1 WHERE id = old.student AND old.state = 5;" \
        "  UPDATE student SET files = files + 1 WHERE id = new.student AND new.state = 5;" \
        "END;" \
        "CREATE TRIGGER student_file_removed AFTER DELETE ON submission" \
        "  WHEN old.state = 5 AND old.student != 0 BEGIN" \
        "  UPDATE student SET files = files - 1 WHERE id = old.student;" \
        "END;" \
        "CREATE TRIGGER place_of_new_missing AFTER INSERT ON student" \
        "  WHEN " STANDS_IN_MISSING("new") " BEGIN " \
        PLACE_MOVED("new.batch", "new.point", "'missing'", "true") \
        "END;" \
        "CREATE TRIGGER place_of_removed_missing AFTER DELETE ON student" \
        "  WHEN " STANDS_IN_MISSING("old") " BEGIN " \
        PLACE_MOVED("old.batch", "old.point", "'missing'", "true") \
        "END;" \
        "CREATE TRIGGER place_of_missing AFTER UPDATE OF point, photo, files, on_roster, id_number," \
        "  name ON student" \
        "  WHEN " STANDS_IN_MISSING("old") " != " STANDS_IN_MISSING("new") \
        "    OR (" STANDS_IN_MISSING("new") " AND (old.point, old.id_number, old.name) !=" \
        "      (new.point, new.id_number, new.name)) BEGIN " \
        PLACE_MOVED("new.batch", "new.point", "'missing'", "true") \
        PLACE_MOVED("old.batch", "old.point", "'missing'", "old.point != new.point") \
        "END;" \
        /* Its photo has another name, or stands in another point. */ \
        "CREATE TRIGGER place_of_corrected AFTER UPDATE OF point, id_number ON student" \
        "  WHEN new.photo != 0 AND (old.point, old.id_number) != (new.point, new.id_number) BEGIN " \
        DIRECTORY_MOVED("new.batch", "new.point", "0") \
        PLACE_MOVED("new.batch", "new.point", "'pending'", "new.state = 2") \
        PLACE_MOVED("new.batch", "new.point", "'approved'", "new.state IN (3, 4)") \
        PLACE_MOVED("new.batch", "0", "'export'", "new.state IN (3, 4)") \
        PLACE_MOVED("old.batch", "old.point", "'pending'", \
                    "new.state = 2 AND old.point != new.point") \
        PLACE_MOVED("old.batch", "old.point", "'approved'", \
                    "new.state IN (3, 4) AND old.point != new.point") \
        "END;" \
        "CREATE TRIGGER place_of_moved_photo AFTER UPDATE OF point ON photo" \
        "  WHEN old.point != new.point AND new.current = 1 BEGIN " \
        DIRECTORY_MOVED("old.batch", "old.point", "0") \
        "END;" \
        "CREATE TRIGGER submission_moved AFTER UPDATE OF point ON submission" \
        "  WHEN old.point != new.point BEGIN" \
        "  UPDATE tally SET n = n - 1 WHERE old.temporary = 0 AND batch = old.batch" \
        "    AND point = old.point AND kind = 1 AND key = old.state;" \
        "  INSERT INTO tally SELECT new.batch, new.point, 1, new.state, 1 WHERE new.temporary = 0" \
        "    ON CONFLICT DO UPDATE SET n = n + 1;" \
        "  UPDATE tally SET n = n - 1 WHERE old.state = 5 AND batch = old.batch" \
        "    AND point = old.point AND kind = 2" \
        "    AND key IN (SELECT code FROM finding WHERE submission = old.id AND level = 'reject');" \
        "  INSERT INTO tally SELECT new.batch, new.point, 2, code, 1 FROM finding" \
        "    WHERE new.state = 5 AND submission = new.id AND level = 'reject'" \
        "    ON CONFLICT DO UPDATE SET n = n + 1;" \
        "  UPDATE point SET version = version + 1 WHERE id IN (old.point, new.point);" \
        DIRECTORY_MOVED("old.batch", "old.point", "-2") \
        DIRECTORY_MOVED("new.batch", "new.point", "-2") \
        PLACE_MOVED("old.batch", "old.point", "'rejected'", "old.state = 5") \
        PLACE_MOVED("new.batch", "new.point", "'rejected'", "new.state = 5") \
        "END;" \
        "DELETE FROM tally WHERE kind = 0;" \
        "INSERT INTO tally SELECT batch, point, 0, state, count(*) FROM student WHERE shown" \
        "  GROUP BY batch, point, state;" \
        "UPDATE point SET version = version + 1;" \
        /* What a student was called before that event, and where it was; merged: another row of the
           same person that became this one. */ \
        "CREATE TABLE former (" \
        "  event INTEGER NOT NULL," \
        "  student INTEGER NOT NULL," \
        "  merged INTEGER NOT NULL," \
        "  batch INTEGER NOT NULL," \
        "  point INTEGER NOT NULL," \
        "  id_number TEXT NOT NULL," \
        "  PRIMARY KEY (event, student, merged)) WITHOUT ROWID;" \
        "CREATE INDEX former_student ON former (student);" \
        "CREATE INDEX former_number ON former (id_number);" \
        "CREATE INDEX former_batch ON former (batch);" \
        /* A removed point has no name. What happened there still refers to it. */ \
        "ALTER TABLE point ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;" \
        "CREATE INDEX point_listed ON point (id) WHERE removed = 0;"

/* clang-format on */
