/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The triggers of schema.c, in the language of PostgreSQL. Each stands under the name that it has
 * there and does the same, but that the students of one statement are counted together; what they
 * have in common are functions.
 *
 * A trigger's WHEN may ask for no other rows, so what does stands in its body. All are AFTER
 * triggers but one, and so return nothing.
 */

/* clang-format off */

/* `when` is empty or a condition that looks at the row alone. */
#define TRIGGER(name, event, table, when, body) \
        "CREATE FUNCTION " name "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " body \
        " RETURN NULL; END $$;" \
        "CREATE TRIGGER " name " " event " ON " table " FOR EACH ROW " when \
        " EXECUTE FUNCTION " name "();"
#define WHEN(condition) "WHEN (" condition ")"
/* Once for all rows of a statement, which stand in `rows`. A counter that is changed once for each of
 * a roster's rows has as many versions, and the server passes by all of them each time. */
#define TRIGGER_OF_ALL(name, event, table, which, body) \
        "CREATE FUNCTION " name "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " body \
        " RETURN NULL; END $$;" \
        "CREATE TRIGGER " name " " event " ON " table " REFERENCING " which " TABLE AS rows" \
        " FOR EACH STATEMENT EXECUTE FUNCTION " name "();"

#define LATER(column) "later(" column ")"
#define MOVED(column) column " = " LATER(column)
#define CHANGED(point) "PERFORM point_changed(" point ");"
#define PLACE(row, point, name) "PERFORM place_moved(" row ".batch, " point ", " name ");"
#define DIRECTORY(row, directory) \
        "PERFORM directory_moved(" row ".batch, " row ".point, " row "." directory ");"
#define COUNT(row, kind, key, by) \
        "PERFORM count_by(" row ".batch, " row ".point, " kind ", CAST(" key " AS TEXT), " by ");"
#define IF(condition, what) "IF " condition " THEN " what " END IF;"

#define PHOTO_IS_WARNED(photo) \
        "CASE WHEN EXISTS (SELECT 1 FROM photo AS p JOIN finding AS f" \
        "  ON f.submission = p.submission WHERE p.id = " photo " AND f.level = 'warn')" \
        "  THEN 1 ELSE 0 END"
#define STUDENTS_WITH(submission) \
        "id IN (SELECT student FROM photo WHERE photo.submission = " submission ")" \
        " AND photo IN (SELECT id FROM photo WHERE photo.submission = " submission ")"
#define REASONS_OF(row) \
        "SELECT code FROM finding WHERE submission = " row ".id AND level = 'reject'"
#define IN_MISSING(row) "(" row ".photo = 0 AND " row ".shown = 1)"
#define IS_SETTLED(row) "(" row ".state IN (3, 4))"

#define POSTGRES_FUNCTIONS \
        /* In nanoseconds; the clock of the server. */ \
        "CREATE FUNCTION wall() RETURNS BIGINT LANGUAGE sql VOLATILE AS" \
        " $$ SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) * 1000 $$;" \
        /* Now, but one more than before when that is now or up to a second later. */ \
        "CREATE FUNCTION later(before BIGINT) RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS" \
        " $$ DECLARE now BIGINT := wall(); BEGIN" \
        "  RETURN CASE WHEN before BETWEEN now AND now + 1000000000 THEN before + 1 ELSE now END;" \
        " END $$;" \
        "CREATE FUNCTION point_changed(which BIGINT) RETURNS void LANGUAGE sql AS" \
        " $$ UPDATE point SET version = version + 1 WHERE id = which $$;" \
        "CREATE FUNCTION place_moved(in_batch BIGINT, at_point BIGINT, of_name TEXT)" \
        " RETURNS void LANGUAGE sql AS $$" \
        "  INSERT INTO place (batch, point, name, mtime) VALUES (in_batch, at_point, of_name, wall())" \
        "  ON CONFLICT (batch, point, name)" \
        "  DO UPDATE SET mtime = greatest(place.mtime + 1, excluded.mtime) $$;" \
        /* The listing of a directory has changed. */ \
        "CREATE FUNCTION directory_moved(in_batch BIGINT, at_point BIGINT, directory BIGINT)" \
        " RETURNS void LANGUAGE plpgsql AS $$ BEGIN" \
        "  IF directory = 0 THEN" \
        "   UPDATE point SET " MOVED("mtime") ", " MOVED("changed") " WHERE id = at_point;" \
        "  ELSIF directory = -2 THEN" \
        "   UPDATE point SET " MOVED("submitted_mtime") ", " MOVED("submitted_changed") \
        "    WHERE id = at_point;" \
        "  ELSIF directory = -1 THEN PERFORM place_moved(in_batch, at_point, 'rejected');" \
        "  ELSE UPDATE folder SET " MOVED("mtime") ", " MOVED("changed") " WHERE id = directory;" \
        "  END IF; END $$;" \
        "CREATE FUNCTION later_since(before BIGINT, set_at BIGINT, made BIGINT) RETURNS BIGINT" \
        " LANGUAGE sql VOLATILE AS" \
        " $$ SELECT CASE WHEN made <= set_at THEN before ELSE later(before) END $$;" \
        /* A verdict about something made then has changed the listing. */ \
        "CREATE FUNCTION directory_judged(in_batch BIGINT, at_point BIGINT, directory BIGINT," \
        "  made BIGINT) RETURNS void LANGUAGE plpgsql AS $$ BEGIN" \
        "  IF directory = 0 THEN UPDATE point SET mtime = later_since(mtime, mtime_set, made), " \
        MOVED("changed") " WHERE id = at_point;" \
        "  ELSIF directory = -1 THEN PERFORM place_moved(in_batch, at_point, 'rejected');" \
        "  ELSE UPDATE folder SET mtime = later_since(mtime, mtime_set, made), " MOVED("changed") \
        "   WHERE id = directory; END IF; END $$;" \
        "CREATE FUNCTION count_by(in_batch BIGINT, at_point BIGINT, of_kind BIGINT, of_key TEXT," \
        "  change BIGINT) RETURNS void LANGUAGE sql AS $$" \
        "  INSERT INTO tally (batch, point, kind, key, n)" \
        "  VALUES (in_batch, at_point, of_kind, of_key, change)" \
        "  ON CONFLICT (batch, point, kind, key) DO UPDATE SET n = tally.n + excluded.n $$;"

#define STUDENTS_COUNTED(sign) \
        "PERFORM count_by(batch, point, 0, CAST(state AS TEXT), " sign "n) FROM" \
        "  (SELECT batch, point, state, count(*) AS n FROM rows WHERE shown = 1" \
        "   GROUP BY batch, point, state) AS counted;" \
        "UPDATE point SET version = version + 1 WHERE id IN (SELECT point FROM rows);"
#define MISSING_MOVED \
        "PERFORM place_moved(batch, point, 'missing') FROM" \
        "  (SELECT DISTINCT batch, point FROM rows WHERE " IN_MISSING("rows") ") AS moved;"

#define POSTGRES_STUDENT_TRIGGERS \
        TRIGGER_OF_ALL("student_added", "AFTER INSERT", "student", "NEW", \
                STUDENTS_COUNTED("") MISSING_MOVED) \
        TRIGGER_OF_ALL("student_removed", "AFTER DELETE", "student", "OLD", \
                STUDENTS_COUNTED("-") MISSING_MOVED) \
        TRIGGER("student_changed", \
                "AFTER UPDATE OF point, id_number, state, photo, files, on_roster, name, student_no", \
                "student", "", \
                IF("old.shown = 1", COUNT("old", "0", "old.state", "-1")) \
                IF("new.shown = 1", COUNT("new", "0", "new.state", "1")) \
                CHANGED("new.point") IF("old.point != new.point", CHANGED("old.point"))) \
        TRIGGER("student_told", "AFTER UPDATE OF on_roster, name, student_no, class, major", \
                "student", "", CHANGED("new.point")) \
        TRIGGER("student_staged", "AFTER UPDATE OF rejections, stage, stage_since", "student", "", \
                CHANGED("new.point")) \
        TRIGGER("place_of_missing", \
                "AFTER UPDATE OF point, photo, files, on_roster, id_number, name", "student", \
                WHEN(IN_MISSING("old") " != " IN_MISSING("new") " OR (" IN_MISSING("new") \
                     " AND (old.point, old.id_number, old.name) !=" \
                     "   (new.point, new.id_number, new.name))"), \
                PLACE("new", "new.point", "'missing'") \
                IF("old.point != new.point", PLACE("old", "old.point", "'missing'"))) \
        TRIGGER("place_of_review", "AFTER UPDATE OF state, photo", "student", \
                WHEN("old.state != new.state OR old.photo != new.photo"), \
                IF("2 IN (old.state, new.state)", PLACE("new", "new.point", "'pending'")) \
                IF(IS_SETTLED("old") " != " IS_SETTLED("new"), \
                   PLACE("new", "new.point", "'approved'") PLACE("new", "0", "'export'")) \
                IF("old.state != new.state", \
                   "UPDATE photo SET " MOVED("changed") " WHERE id = new.photo;")) \
        TRIGGER("place_of_corrected", "AFTER UPDATE OF point, id_number", "student", \
                WHEN("new.photo != 0 AND (old.point, old.id_number) != (new.point, new.id_number)"), \
                "PERFORM directory_moved(new.batch, new.point, 0);" \
                IF("new.state = 2", PLACE("new", "new.point", "'pending'")) \
                IF(IS_SETTLED("new"), \
                   PLACE("new", "new.point", "'approved'") PLACE("new", "0", "'export'")) \
                IF("old.point != new.point AND new.state = 2", \
                   PLACE("old", "old.point", "'pending'")) \
                IF("old.point != new.point AND " IS_SETTLED("new"), \
                   PLACE("old", "old.point", "'approved'"))) \
        TRIGGER("student_warned", "AFTER UPDATE OF photo", "student", \
                WHEN("old.photo != new.photo"), \
                "UPDATE student SET warned = " PHOTO_IS_WARNED("new.photo") " WHERE id = new.id;") \
        TRIGGER("student_warned_later", "AFTER INSERT", "finding", WHEN("new.level = 'warn'"), \
                "UPDATE student SET warned = 1 WHERE " STUDENTS_WITH("new.submission") ";") \
        TRIGGER("student_cleared", "AFTER DELETE", "finding", WHEN("old.level = 'warn'"), \
                "UPDATE student SET warned = " PHOTO_IS_WARNED("student.photo") \
                " WHERE " STUDENTS_WITH("old.submission") ";") \
        TRIGGER("student_file", "AFTER UPDATE OF state, student", "submission", \
                WHEN("(old.state = 5) != (new.state = 5)" \
                     " OR (new.state = 5 AND old.student != new.student)"), \
                IF("old.state = 5", \
                   "UPDATE student SET files = files - 1 WHERE id = old.student;") \
                IF("new.state = 5", \
                   "UPDATE student SET files = files + 1 WHERE id = new.student;")) \
        TRIGGER("student_file_removed", "AFTER DELETE", "submission", \
                WHEN("old.state = 5 AND old.student != 0"), \
                "UPDATE student SET files = files - 1 WHERE id = old.student;")

#define COUNT_REASONS(row, by) \
        "PERFORM count_by(" row ".batch, " row ".point, 2, code, " by ")" \
        " FROM (" REASONS_OF(row) ") AS reason;"

#define POSTGRES_SUBMISSION_TRIGGERS \
        TRIGGER("submission_added", "AFTER INSERT", "submission", WHEN("new.temporary = 0"), \
                COUNT("new", "1", "new.state", "1") CHANGED("new.point")) \
        TRIGGER("submission_changed", "AFTER UPDATE OF state, temporary", "submission", \
                WHEN("old.state != new.state OR old.temporary != new.temporary"), \
                IF("old.temporary = 0", COUNT("old", "1", "old.state", "-1")) \
                IF("new.temporary = 0", COUNT("new", "1", "new.state", "1")) \
                IF("old.state = 5", COUNT_REASONS("old", "-1")) \
                IF("new.state = 5", COUNT_REASONS("new", "1")) \
                CHANGED("new.point")) \
        TRIGGER("submission_removed", "AFTER DELETE", "submission", WHEN("old.temporary = 0"), \
                COUNT("old", "1", "old.state", "-1") CHANGED("old.point")) \
        TRIGGER("submission_moved", "AFTER UPDATE OF point", "submission", \
                WHEN("old.point != new.point"), \
                IF("old.temporary = 0", COUNT("old", "1", "old.state", "-1")) \
                IF("new.temporary = 0", COUNT("new", "1", "new.state", "1")) \
                IF("old.state = 5", COUNT_REASONS("old", "-1") \
                   PLACE("old", "old.point", "'rejected'")) \
                IF("new.state = 5", COUNT_REASONS("new", "1") \
                   PLACE("new", "new.point", "'rejected'")) \
                CHANGED("old.point") CHANGED("new.point") \
                "PERFORM directory_moved(old.batch, old.point, -2);" \
                "PERFORM directory_moved(new.batch, new.point, -2);") \
        TRIGGER("submission_left_rejected", "AFTER UPDATE OF state", "submission", \
                WHEN("old.state = 5 AND new.state != 5 AND new.photo != 0"), \
                "UPDATE photo SET reason = '' WHERE id = new.photo AND reason != '';") \
        TRIGGER("submission_touched", \
                "AFTER UPDATE OF mode, uid, gid, mtime, folder, name_key, temporary, state", \
                "submission", "", \
                "UPDATE submission SET changed = " LATER("greatest(changed, created)") \
                " WHERE id = new.id;") \
        /* The cascade comes too late: the submission that tells which counter to change would be
         * gone. */ \
        "CREATE FUNCTION submission_removing() RETURNS trigger LANGUAGE plpgsql AS" \
        " $$ BEGIN DELETE FROM finding WHERE submission = old.id; RETURN old; END $$;" \
        "CREATE TRIGGER submission_removing BEFORE DELETE ON submission FOR EACH ROW" \
        " WHEN (old.state = 5) EXECUTE FUNCTION submission_removing();" \
        TRIGGER("finding_added", "AFTER INSERT", "finding", WHEN("new.level = 'reject'"), \
                "PERFORM count_by(batch, point, 2, new.code, 1) FROM submission" \
                " WHERE id = new.submission AND state = 5;") \
        TRIGGER("finding_removed", "AFTER DELETE", "finding", WHEN("old.level = 'reject'"), \
                "PERFORM count_by(batch, point, 2, old.code, -1) FROM submission" \
                " WHERE id = old.submission AND state = 5;") \
        TRIGGER("place_of_new_submission", "AFTER INSERT", "submission", "", \
                DIRECTORY("new", "folder")) \
        TRIGGER("place_of_removed_submission", "AFTER DELETE", "submission", \
                WHEN("old.state < 4"), DIRECTORY("old", "folder")) \
        TRIGGER("place_of_renamed_submission", "AFTER UPDATE OF folder, name_key, temporary", \
                "submission", \
                WHEN("old.folder != new.folder OR old.name_key != new.name_key" \
                     " OR old.temporary != new.temporary"), \
                DIRECTORY("old", "folder") DIRECTORY("new", "folder") \
                IF("new.state >= 4 AND 0 IN (old.folder, new.folder)", \
                   "PERFORM directory_moved(new.batch, new.point, -2);")) \
        /* A judged submission leaves its directory; only submitted/ still lists it. */ \
        TRIGGER("place_of_judged_submission", "AFTER UPDATE OF state", "submission", \
                WHEN("old.state < 4 AND new.state >= 4"), \
                "PERFORM directory_judged(new.batch, new.point, new.folder, new.created);" \
                IF("new.folder = 0", \
                   "UPDATE point SET submitted_mtime =" \
                   " later_since(submitted_mtime, submitted_set, new.created), " \
                   MOVED("submitted_changed") " WHERE id = new.point;")) \
        TRIGGER("place_of_hidden_alias", "AFTER UPDATE OF alias", "submission", \
                WHEN("old.alias != new.alias"), \
                DIRECTORY("new", "folder") \
                IF("new.folder = 0", "PERFORM directory_moved(new.batch, new.point, -2);")) \
        TRIGGER("place_of_rejected", "AFTER UPDATE OF state, shown_key", "submission", \
                WHEN("(old.state = 5) != (new.state = 5)" \
                     " OR (new.state = 5 AND old.shown_key IS DISTINCT FROM new.shown_key)"), \
                PLACE("new", "new.point", "'rejected'")) \
        TRIGGER("place_of_removed_rejected", "AFTER DELETE", "submission", \
                WHEN("old.state = 5"), PLACE("old", "old.point", "'rejected'"))

#define POSTGRES_OTHER_TRIGGERS \
        TRIGGER("photo_decided", "AFTER UPDATE OF reason, note", "photo", "", \
                CHANGED("new.point")) \
        /* A photo whose verdict is being shown, or the photo that it replaces. */ \
        TRIGGER("place_of_photo", "AFTER UPDATE OF current", "photo", \
                WHEN("old.current != new.current"), \
                "UPDATE point SET mtime = CASE WHEN EXISTS (SELECT 1 FROM submission AS s" \
                "  WHERE s.student = new.student AND s.student != 0 AND s.state = 2" \
                "  AND s.created <= point.mtime_set) THEN mtime ELSE " LATER("mtime") " END, " \
                MOVED("changed") " WHERE id = new.point;") \
        TRIGGER("place_of_removed_photo", "AFTER DELETE", "photo", WHEN("old.current = 1"), \
                "PERFORM directory_moved(old.batch, old.point, 0);") \
        TRIGGER("place_of_decided", "AFTER UPDATE OF reason", "photo", \
                WHEN("old.reason != new.reason"), \
                IF("old.reason != ''", PLACE("old", "0", "'reason:' || old.reason")) \
                IF("new.reason != ''", PLACE("new", "0", "'reason:' || new.reason"))) \
        TRIGGER("photo_touched", "AFTER UPDATE OF current, mtime, reason", "photo", "", \
                "UPDATE photo SET changed = " LATER("greatest(changed, created)") \
                " WHERE id = new.id;") \
        TRIGGER("place_of_moved_photo", "AFTER UPDATE OF point", "photo", \
                WHEN("old.point != new.point AND new.current = 1"), \
                "PERFORM directory_moved(old.batch, old.point, 0);") \
        TRIGGER("place_of_new_folder", "AFTER INSERT", "folder", "", DIRECTORY("new", "parent")) \
        TRIGGER("place_of_folder", "AFTER UPDATE OF parent, name_key, listed, removed", "folder", \
                WHEN("old.parent != new.parent OR old.name_key != new.name_key" \
                     " OR old.removed != new.removed OR old.listed < new.listed"), \
                DIRECTORY("old", "parent") DIRECTORY("new", "parent")) \
        TRIGGER("place_of_cleared_folder", "AFTER UPDATE OF listed", "folder", \
                WHEN("old.listed > new.listed AND new.removed = 0"), \
                "PERFORM directory_judged(new.batch, new.point, new.parent, new.created);") \
        TRIGGER("folder_touched", "AFTER UPDATE OF parent, name_key, mode, uid, gid", "folder", \
                "", "UPDATE folder SET " MOVED("changed") " WHERE id = new.id;") \
        TRIGGER("place_of_renamed_point", "AFTER UPDATE OF name_key", "point", "", \
                "PERFORM place_moved(0, 0, 'points');") \
        TRIGGER("place_of_removed_point", "AFTER DELETE", "point", "", \
                "PERFORM place_moved(0, 0, 'points');") \
        TRIGGER("point_touched", "AFTER UPDATE OF uid, gid, mode, submitted_mode", "point", "", \
                "UPDATE point SET " MOVED("changed") ", " MOVED("submitted_changed") \
                " WHERE id = new.id;") \
        TRIGGER("event_numbered", "AFTER INSERT", "event", "", \
                "UPDATE newest SET event = greatest(event, new.id);") \
        "CREATE FUNCTION event_is_kept() RETURNS trigger LANGUAGE plpgsql AS" \
        " $$ BEGIN RAISE EXCEPTION 'an event is never changed or removed'; END $$;" \
        "CREATE TRIGGER event_stays_as_it_is BEFORE UPDATE ON event FOR EACH ROW" \
        " EXECUTE FUNCTION event_is_kept();" \
        "CREATE TRIGGER event_stays BEFORE DELETE ON event FOR EACH ROW" \
        " EXECUTE FUNCTION event_is_kept();"

/* clang-format on */
