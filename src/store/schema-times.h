/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Migration 5 stores when each directory's listing and each file changed last. Triggers set these
 * times in the transaction of the change, so no code path can forget it and no query has to scan
 * for it.
 *
 * mtime_set is the time at which a client set a directory's mtime. A verdict about something
 * dropped before mtime_set changes only the ctime. So a program that sets the mtime at the end of a
 * transfer finds it unchanged when it sends the same files again.
 */

/* clang-format mistakes macros beside strings for operands. */
/* clang-format off */

/* SQL gives only milliseconds. */
#define NOW \
        "(CAST(strftime('%s', 'now') AS INTEGER) * 1000000000" \
        " + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER) * 1000000)"
/* The new value of a time column: now, but one nanosecond more than the old value when that is now
 * or up to a second later. */
#define LATER(column) \
        "CASE WHEN " column " BETWEEN " NOW " AND " NOW " + 1000000000 THEN " column " + 1 ELSE " NOW \
        " END"
#define MOVED(column) column " = " LATER(column)
/* Moves the column, unless a client set it at or after `created`, the age of what changed. */
#define MOVED_SINCE(column, set, created) \
        column " = CASE WHEN " created " <= " set " THEN " column " ELSE " LATER(column) " END"

/* A directory without a row of its own has changed. */
#define PLACE_MOVED(batch, point, place, when) \
        "INSERT INTO place (batch, point, name, mtime)" \
        " SELECT " batch ", " point ", " place ", " NOW " WHERE " when \
        " ON CONFLICT (batch, point, name) DO UPDATE SET mtime = max(mtime + 1, excluded.mtime);"
/* The listing of a directory has changed. `directory` is an id as in the folder columns. */
#define DIRECTORY_MOVED(batch, point, directory) \
        "UPDATE point SET " MOVED("mtime") ", " MOVED("changed") \
        " WHERE id = " point " AND " directory " = 0;" \
        "UPDATE point SET " MOVED("submitted_mtime") ", " MOVED("submitted_changed") \
        " WHERE id = " point " AND " directory " = -2;" \
        "UPDATE folder SET " MOVED("mtime") ", " MOVED("changed") " WHERE id = " directory ";" \
        PLACE_MOVED(batch, point, "'rejected'", directory " = -1")
/* A verdict about something made at `created` has changed the listing of a directory. */
#define DIRECTORY_JUDGED(batch, point, directory, created) \
        "UPDATE point SET " MOVED_SINCE("mtime", "mtime_set", created) ", " MOVED("changed") \
        " WHERE id = " point " AND " directory " = 0;" \
        "UPDATE folder SET " MOVED_SINCE("mtime", "mtime_set", created) ", " MOVED("changed") \
        " WHERE id = " directory ";" \
        PLACE_MOVED(batch, point, "'rejected'", directory " = -1")

#define SCHEMA_TIMES \
        "CREATE TABLE place (" \
        "  batch INTEGER NOT NULL," \
        "  point INTEGER NOT NULL," \
        "  name TEXT NOT NULL," \
        "  mtime INTEGER NOT NULL," \
        "  PRIMARY KEY (batch, point, name)) WITHOUT ROWID;" \
        "ALTER TABLE point ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE point ADD COLUMN mtime_set INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE point ADD COLUMN submitted_changed INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE point ADD COLUMN submitted_set INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE folder ADD COLUMN created INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE folder ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE folder ADD COLUMN mtime_set INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE submission ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE photo ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;" \
        "CREATE TRIGGER place_of_new_submission AFTER INSERT ON submission BEGIN " \
        DIRECTORY_MOVED("new.batch", "new.point", "new.folder") \
        "END;" \
        "CREATE TRIGGER place_of_removed_submission AFTER DELETE ON submission WHEN old.state < 4 " \
        "BEGIN " \
        DIRECTORY_MOVED("old.batch", "old.point", "old.folder") \
        "END;" \
        "CREATE TRIGGER place_of_renamed_submission AFTER UPDATE OF folder, name_key, temporary " \
        "ON submission" \
        "  WHEN old.folder != new.folder OR old.name_key != new.name_key OR old.temporary != " \
        "new.temporary BEGIN " \
        DIRECTORY_MOVED("old.batch", "old.point", "old.folder") \
        DIRECTORY_MOVED("new.batch", "new.point", "new.folder") \
        "UPDATE point SET " MOVED("submitted_mtime") ", " MOVED("submitted_changed") \
        "  WHERE id = new.point AND new.state >= 4 AND 0 IN (old.folder, new.folder);" \
        "END;" \
        /* A judged submission leaves its directory; only submitted/ still lists it. */ \
        "CREATE TRIGGER place_of_judged_submission AFTER UPDATE OF state ON submission" \
        "  WHEN old.state < 4 AND new.state >= 4 BEGIN " \
        DIRECTORY_JUDGED("new.batch", "new.point", "new.folder", "new.created") \
        "UPDATE point SET " MOVED_SINCE("submitted_mtime", "submitted_set", "new.created") ", " \
        MOVED("submitted_changed") " WHERE id = new.point AND new.folder = 0;" \
        "END;" \
        "CREATE TRIGGER place_of_hidden_alias AFTER UPDATE OF alias ON submission" \
        "  WHEN old.alias != new.alias BEGIN " \
        DIRECTORY_MOVED("new.batch", "new.point", "new.folder") \
        "UPDATE point SET " MOVED("submitted_mtime") ", " MOVED("submitted_changed") \
        "  WHERE id = new.point AND new.folder = 0;" \
        "END;" \
        "CREATE TRIGGER place_of_rejected AFTER UPDATE OF state, shown_key ON submission" \
        "  WHEN (old.state = 5) != (new.state = 5)" \
        "    OR (new.state = 5 AND old.shown_key IS NOT new.shown_key) BEGIN " \
        PLACE_MOVED("new.batch", "new.point", "'rejected'", "true") \
        "END;" \
        "CREATE TRIGGER place_of_removed_rejected AFTER DELETE ON submission WHEN old.state = 5 " \
        "BEGIN " \
        PLACE_MOVED("old.batch", "old.point", "'rejected'", "true") \
        "END;" \
        "CREATE TRIGGER submission_touched AFTER UPDATE OF mode, uid, gid, mtime, folder, name_key," \
        "  temporary, state ON submission BEGIN" \
        "  UPDATE submission SET changed = " LATER("max(changed, created)") " WHERE id = new.id;" \
        "END;" \
        /* A photo whose verdict is being shown, or the photo that it replaces. */ \
        "CREATE TRIGGER place_of_photo AFTER UPDATE OF current ON photo" \
        "  WHEN old.current != new.current BEGIN" \
        "  UPDATE point SET mtime = CASE WHEN EXISTS (SELECT 1 FROM submission AS s" \
        "    WHERE s.student = new.student AND s.student != 0 AND s.state = 2" \
        "    AND s.created <= point.mtime_set) THEN mtime ELSE " LATER("mtime") " END, " \
        MOVED("changed") " WHERE id = new.point;" \
        "END;" \
        "CREATE TRIGGER place_of_removed_photo AFTER DELETE ON photo WHEN old.current = 1 BEGIN " \
        DIRECTORY_MOVED("old.batch", "old.point", "0") \
        "END;" \
        "CREATE TRIGGER place_of_decided AFTER UPDATE OF reason ON photo" \
        "  WHEN old.reason != new.reason BEGIN " \
        PLACE_MOVED("old.batch", "0", "'reason:' || old.reason", "old.reason != ''") \
        PLACE_MOVED("new.batch", "0", "'reason:' || new.reason", "new.reason != ''") \
        "END;" \
        "CREATE TRIGGER photo_touched AFTER UPDATE OF current, mtime, reason ON photo BEGIN" \
        "  UPDATE photo SET changed = " LATER("max(changed, created)") " WHERE id = new.id;" \
        "END;" \
        "CREATE TRIGGER place_of_new_missing AFTER INSERT ON student WHEN new.photo = 0 BEGIN " \
        PLACE_MOVED("new.batch", "new.point", "'missing'", "true") \
        "END;" \
        "CREATE TRIGGER place_of_removed_missing AFTER DELETE ON student WHEN old.photo = 0 BEGIN " \
        PLACE_MOVED("old.batch", "old.point", "'missing'", "true") \
        "END;" \
        "CREATE TRIGGER place_of_missing AFTER UPDATE OF photo, id_number, name ON student" \
        "  WHEN (old.photo = 0) != (new.photo = 0)" \
        "    OR (new.photo = 0 AND (old.id_number, old.name) != (new.id_number, new.name)) BEGIN " \
        PLACE_MOVED("new.batch", "new.point", "'missing'", "true") \
        "END;" \
        "CREATE TRIGGER place_of_review AFTER UPDATE OF state, photo ON student" \
        "  WHEN old.state != new.state OR old.photo != new.photo BEGIN " \
        PLACE_MOVED("new.batch", "new.point", "'pending'", "2 IN (old.state, new.state)") \
        PLACE_MOVED("new.batch", "new.point", "'approved'", \
                    "(old.state IN (3, 4)) != (new.state IN (3, 4))") \
        PLACE_MOVED("new.batch", "0", "'export'", \
                    "(old.state IN (3, 4)) != (new.state IN (3, 4))") \
        "UPDATE photo SET " MOVED("changed") " WHERE id = new.photo AND old.state != new.state;" \
        "END;" \
        "CREATE TRIGGER place_of_new_folder AFTER INSERT ON folder BEGIN " \
        DIRECTORY_MOVED("new.batch", "new.point", "new.parent") \
        "END;" \
        "CREATE TRIGGER place_of_folder AFTER UPDATE OF parent, name_key, listed, removed ON folder" \
        "  WHEN old.parent != new.parent OR old.name_key != new.name_key OR old.removed != " \
        "new.removed OR old.listed < new.listed BEGIN " \
        DIRECTORY_MOVED("old.batch", "old.point", "old.parent") \
        DIRECTORY_MOVED("new.batch", "new.point", "new.parent") \
        "END;" \
        "CREATE TRIGGER place_of_cleared_folder AFTER UPDATE OF listed ON folder" \
        "  WHEN old.listed > new.listed AND new.removed = 0 BEGIN " \
        DIRECTORY_JUDGED("new.batch", "new.point", "new.parent", "new.created") \
        "END;" \
        "CREATE TRIGGER folder_touched AFTER UPDATE OF parent, name_key, mode, uid, gid ON folder " \
        "BEGIN" \
        "  UPDATE folder SET " MOVED("changed") " WHERE id = new.id;" \
        "END;" \
        "CREATE TRIGGER place_of_renamed_point AFTER UPDATE OF name_key ON point BEGIN " \
        PLACE_MOVED("0", "0", "'points'", "true") \
        "END;" \
        "CREATE TRIGGER place_of_removed_point AFTER DELETE ON point BEGIN " \
        PLACE_MOVED("0", "0", "'points'", "true") \
        "END;" \
        "CREATE TRIGGER point_touched AFTER UPDATE OF uid, gid, mode, submitted_mode ON point BEGIN" \
        "  UPDATE point SET " MOVED("changed") ", " MOVED("submitted_changed") \
        "  WHERE id = new.id;" \
        "END;"

/* clang-format on */
