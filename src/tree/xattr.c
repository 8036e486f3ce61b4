/* SPDX-License-Identifier: MIT */
#include "xattr.h"

#include <idphoto/overview.h>
#include <idphoto/photorow.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <inttypes.h>
#include <string.h>

#define PREFIX "user.idphotofs."

typedef enum Attribute {
        ATTRIBUTE_STATE,
        ATTRIBUTE_STAGE,
        ATTRIBUTE_STUDENT,
        ATTRIBUTE_NAME,
        ATTRIBUTE_SUBMITTED_AS,
        ATTRIBUTE_SHA256,
        ATTRIBUTE_REASONS,
        ATTRIBUTE_WARNINGS,
        ATTRIBUTE_MEASURED,
        ATTRIBUTE_QUALITY,
        ATTRIBUTE_FRAMED,
        ATTRIBUTE_CHECKING,
        _ATTRIBUTE_MAX,
} Attribute;

static const char *const names[_ATTRIBUTE_MAX] = {
        [ATTRIBUTE_STATE] = PREFIX "state",
        [ATTRIBUTE_STAGE] = PREFIX "stage",
        [ATTRIBUTE_STUDENT] = PREFIX "student",
        [ATTRIBUTE_NAME] = PREFIX "name",
        [ATTRIBUTE_SUBMITTED_AS] = PREFIX "submitted-as",
        [ATTRIBUTE_SHA256] = PREFIX "sha256",
        [ATTRIBUTE_REASONS] = PREFIX "reasons",
        [ATTRIBUTE_WARNINGS] = PREFIX "warnings",
        [ATTRIBUTE_MEASURED] = PREFIX "measured",
        [ATTRIBUTE_QUALITY] = PREFIX "quality",
        [ATTRIBUTE_FRAMED] = PREFIX "framed",
        [ATTRIBUTE_CHECKING] = PREFIX "checking",
};

/* Everything known of a file, whether photo or dropped; of a point only `checking`. */
typedef struct Known {
        SubmissionRow submission;
        PhotoRow photo; /* id 0: the node is no photo */
        StudentRow student;
        Findings findings;
        bool is_point;
        uint64_t checking;
} Known;

static void known_done(Known *known)
{
        submission_row_done(&known->submission);
        photo_row_done(&known->photo);
        student_row_done(&known->student);
}

static int read_point(const Tree *tree, Catalog *catalog, int64_t point, Known *known)
{
        StatusCounts counts;
        int r = overview_counts(catalog, tree->batch, point, &counts);

        if (r < 0)
                return r;
        known->is_point = true;
        known->checking = counts.checking;
        return 0;
}

static int read_known(const Tree *tree, Catalog *catalog, Node node, Known *known)
{
        int64_t submission = node.id, student;
        int r;

        if (node_traits[node.kind].xattrs == NODE_XATTRS_NONE)
                return -ENODATA;
        if (node.kind == NODE_POINT)
                return read_point(tree, catalog, node.id, known);
        if (node_traits[node.kind].row == NODE_ROW_PHOTO) {
                r = catalog_get_photo(catalog, node.id, &known->photo);
                if (r <= 0)
                        return r < 0 ? r : -ENODATA;
                submission = known->photo.submission;
        }
        r = catalog_get_submission(catalog, submission, &known->submission);
        if (r <= 0)
                return r < 0 ? r : -ENODATA;
        student = known->photo.id != 0 ? known->photo.student : known->submission.student;
        if (student != 0) {
                r = catalog_get_student(catalog, student, &known->student);
                if (r < 0)
                        return r;
        }
        return catalog_get_findings(catalog, submission, &known->findings);
}

static void append_codes(Text *text, const Findings *findings, FindingLevel level)
{
        for (size_t i = 0; i < findings->n; i++)
                if (findings->items[i].level == level) {
                        if (text->size > 0)
                                text_append(text, ",");
                        text_append(text, reason_to_string(findings->items[i].code));
                }
}

/* Which part of the original the photo is, where it was cut out of it [P10]. */
static void append_framed(Text *text, const Findings *findings)
{
        const Finding *finding = findings_find(findings, REASON_FRAMED);

        if (finding)
                text_printf(text, "%.0fx%.0f %s", finding->measured, finding->measured2,
                            finding->detail);
}

static const char *state_of(const Known *known)
{
        return known->photo.id != 0 ? review_state_to_string(known->photo.state)
                                    : submission_state_to_string(known->submission.state);
}

/* Leaves the text empty where there is no value. */
static void append_value(const Known *known, Attribute attribute, Text *text)
{
        const Sha256 *hash = known->photo.id != 0             ? &known->photo.blob
                             : known->submission.has_original ? &known->submission.original
                                                              : NULL;
        char hex[SHA256_HEX_SIZE];

        if (known->is_point) {
                if (attribute == ATTRIBUTE_CHECKING)
                        text_printf(text, "%" PRIu64, known->checking);
                return;
        }
        switch (attribute) {
        case ATTRIBUTE_STATE:
                text_append(text, state_of(known));
                break;
        case ATTRIBUTE_STAGE:
                if (known->student.id != 0)
                        text_append(text, stage_to_string(known->student.stage));
                break;
        case ATTRIBUTE_STUDENT:
                if (known->student.id != 0)
                        text_append(text, known->student.id_number);
                break;
        case ATTRIBUTE_NAME:
                if (known->student.id != 0)
                        text_append(text, known->student.name);
                break;
        case ATTRIBUTE_SUBMITTED_AS:
                text_append(text, known->submission.name);
                break;
        case ATTRIBUTE_SHA256:
                if (hash)
                        text_append(text, sha256_to_hex(hash, hex));
                break;
        case ATTRIBUTE_REASONS:
                append_codes(text, &known->findings, FINDING_REJECT);
                break;
        case ATTRIBUTE_WARNINGS:
                append_codes(text, &known->findings, FINDING_WARN);
                break;
        case ATTRIBUTE_MEASURED:
                findings_append_codes(text, &known->findings);
                break;
        case ATTRIBUTE_QUALITY:
                if (known->photo.id != 0 && known->photo.quality != 0)
                        text_printf(text, "%" PRIu32, known->photo.quality);
                break;
        case ATTRIBUTE_FRAMED:
                append_framed(text, &known->findings);
                break;
        default:
                break;
        }
}

int xattr_get(const Tree *tree, Catalog *catalog, Node node, const char *name, char **ret,
              size_t *ret_size)
{
        _cleanup_(known_done) Known known = {};
        _cleanup_text_ Text value = {};
        int attribute = 0, r;

        while (attribute < _ATTRIBUTE_MAX && strcmp(names[attribute], name) != 0)
                attribute++;
        if (attribute == _ATTRIBUTE_MAX)
                return -ENODATA;
        r = read_known(tree, catalog, node, &known);
        if (r < 0)
                return r;
        append_value(&known, (Attribute)attribute, &value);
        if (value.error == 0 && value.size == 0)
                return -ENODATA;
        return text_take(&value, ret, ret_size);
}

int xattr_list(const Tree *tree, Catalog *catalog, Node node, char **ret, size_t *ret_size)
{
        _cleanup_(known_done) Known known = {};
        _cleanup_text_ Text list = {};
        int r;

        /* What was sent had none of these: a program that compares it with what it has at home
         * would send it again, or try to remove them. */
        r = node_traits[node.kind].xattrs == NODE_XATTRS_LISTED
                    ? read_known(tree, catalog, node, &known)
                    : -ENODATA;
        if (r < 0 && r != -ENODATA)
                return r;
        for (int i = 0; i < _ATTRIBUTE_MAX && r >= 0; i++) {
                _cleanup_text_ Text value = {};

                append_value(&known, (Attribute)i, &value);
                if (value.size > 0)
                        text_append_data(&list, names[i], strlen(names[i]) + 1);
        }
        return text_take(&list, ret, ret_size);
}
