/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Migration 10: whether a student's photo has warnings.
 *
 * Reviewers ask of thousands of waiting photos which ones are warned. Triggers keep the answer, and
 * an index of those that wait has it in order.
 */

/* clang-format off */

#define PHOTO_WARNED(photo) \
        "EXISTS (SELECT 1 FROM photo AS p JOIN finding AS f ON f.submission = p.submission" \
        "  WHERE p.id = " photo " AND f.level = 'warn')"
#define STUDENTS_OF(submission) \
        "id IN (SELECT student FROM photo WHERE submission = " submission ")" \
        " AND photo IN (SELECT id FROM photo WHERE submission = " submission ")"

#define SCHEMA_WARNED \
        "ALTER TABLE student ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;" \
        "UPDATE student SET warned = 1 WHERE photo != 0 AND " PHOTO_WARNED("student.photo") ";" \
        "CREATE INDEX student_waiting ON student (batch, point, warned, id) WHERE state = 2;" \
        "CREATE TRIGGER student_warned AFTER UPDATE OF photo ON student" \
        "  WHEN old.photo != new.photo BEGIN" \
        "  UPDATE student SET warned = " PHOTO_WARNED("new.photo") " WHERE id = new.id;" \
        "END;" \
        "CREATE TRIGGER student_warned_later AFTER INSERT ON finding WHEN new.level = 'warn' BEGIN" \
        "  UPDATE student SET warned = 1 WHERE " STUDENTS_OF("new.submission") ";" \
        "END;" \
        "CREATE TRIGGER student_cleared AFTER DELETE ON finding WHEN old.level = 'warn' BEGIN" \
        "  UPDATE student SET warned = " PHOTO_WARNED("student.photo") \
        "    WHERE " STUDENTS_OF("old.submission") ";" \
        "END;"

/* clang-format on */
