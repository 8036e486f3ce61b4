/* SPDX-License-Identifier: MIT */
#include <live/node.h>

#include <idphoto/util.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const int64_t ids[] = {1, 2, 255, 256, 1000000, INT64_C(1) << 40, (INT64_C(1) << 56) - 1};

static void test_the_root_is_number_one(void **state _unused_)
{
        Node node = {.kind = _NODE_KIND_MAX, .id = 7};

        assert_int_equal(node_to_ino((Node){.kind = NODE_ROOT}), 1);
        assert_true(node_from_ino(1, &node));
        assert_int_equal(node.kind, NODE_ROOT);
        assert_int_equal(node.id, 0);
}

static void test_every_kind_and_id_comes_back(void **state _unused_)
{
        for (int kind = NODE_ROOT + 1; kind < _NODE_KIND_MAX; kind++)
                for (size_t i = 0; i < ELEMENTSOF(ids); i++) {
                        Node node = {.kind = (NodeKind)kind, .id = ids[i]}, back;

                        if (node_is_snapshot(node))
                                continue;
                        assert_true(node_from_ino(node_to_ino(node), &back));
                        assert_int_equal(back.kind, node.kind);
                        assert_int_equal(back.id, node.id);
                        assert_int_equal(back.version, 0);
                }
}

static void test_a_status_comes_back_with_its_point_and_version(void **state _unused_)
{
        static const int64_t points[] = {0, 1, 100, (1 << 24) - 1};
        static const uint32_t versions[] = {0, 1, 0x80000000, UINT32_MAX};
        size_t snapshots = 0;

        for (int kind = NODE_ROOT; kind < _NODE_KIND_MAX; kind++) {
                if (!node_is_snapshot((Node){.kind = (NodeKind)kind}))
                        continue;
                snapshots++;
                for (size_t i = 0; i < ELEMENTSOF(points); i++)
                        for (size_t k = 0; k < ELEMENTSOF(versions); k++) {
                                Node node = {(NodeKind)kind, points[i], versions[k]}, back;

                                assert_true(node_from_ino(node_to_ino(node), &back));
                                assert_int_equal(back.kind, kind);
                                assert_int_equal(back.id, points[i]);
                                assert_int_equal(back.version, versions[k]);
                        }
        }
        assert_true(snapshots >= 2);
}

static void test_no_two_nodes_share_a_number(void **state _unused_)
{
        enum { N = _NODE_KIND_MAX * ELEMENTSOF(ids) };
        uint64_t seen[N];
        size_t n = 0;

        for (int kind = NODE_ROOT + 1; kind < _NODE_KIND_MAX; kind++)
                for (size_t i = 0; i < ELEMENTSOF(ids); i++) {
                        Node node = {.kind = (NodeKind)kind, .id = ids[i]};

                        if (node_is_snapshot(node))
                                node = (Node){node.kind, .id = 1, .version = (uint32_t)i};
                        seen[n] = node_to_ino(node);
                        assert_int_not_equal(seen[n], 1);
                        for (size_t k = 0; k < n; k++)
                                assert_int_not_equal(seen[n], seen[k]);
                        n++;
                }
}

static void test_a_new_version_of_a_status_is_a_new_number(void **state _unused_)
{
        Node node = {.kind = NODE_STATUS, .id = 3, .version = 7}, newer = node, other = node;

        newer.version++;
        other.id++;
        assert_int_not_equal(node_to_ino(node), node_to_ino(newer));
        assert_int_not_equal(node_to_ino(node), node_to_ino(other));
}

static void test_numbers_that_no_node_has_are_refused(void **state _unused_)
{
        static const uint64_t numbers[] = {
                0, 2, (UINT64_C(1) << 56) - 1, (uint64_t)_NODE_KIND_MAX << 56 | 1, UINT64_MAX,
        };

        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                Node node = {.kind = NODE_PHOTO, .id = 4711};

                assert_false(node_from_ino(numbers[i], &node));
                assert_int_equal(node.id, 4711);
        }
}

/* ---- the table of kinds ---- */

static bool is_directory(const NodeTraits *t)
{
        return t->directory;
}

static bool is_snapshot(const NodeTraits *t)
{
        return t->snapshot;
}

static bool is_office(const NodeTraits *t)
{
        return t->office;
}

static bool is_writable(const NodeTraits *t)
{
        return t->writable;
}

static bool is_finished(const NodeTraits *t)
{
        return t->finished;
}

static bool is_cached(const NodeTraits *t)
{
        return t->keep_cache;
}

static bool is_asked_for_each_time(const NodeTraits *t)
{
        return t->attributes == NODE_KEPT_NEVER;
}

static bool has_a_kept_name(const NodeTraits *t)
{
        return t->name == NODE_KEPT_MOMENT;
}

/* The text under one number of a snapshot never changes. */
static bool has_kept_attributes(const NodeTraits *t)
{
        return !t->snapshot && t->attributes == NODE_KEPT_MOMENT;
}

static bool has_xattrs(const NodeTraits *t)
{
        return t->xattrs != NODE_XATTRS_NONE;
}

static bool takes_uploads(const NodeTraits *t)
{
        return t->lists & NODE_LISTS_UPLOADS;
}

static bool takes_folders(const NodeTraits *t)
{
        return t->lists & NODE_LISTS_FOLDERS;
}

/* The kinds end with _NODE_KIND_MAX. */
static void check_only(bool (*has)(const NodeTraits *), ...)
{
        bool expected[_NODE_KIND_MAX] = {};
        va_list kinds;
        int kind;

        va_start(kinds, has);
        while ((kind = va_arg(kinds, int)) != _NODE_KIND_MAX)
                expected[kind] = true;
        va_end(kinds);
        for (kind = 0; kind < _NODE_KIND_MAX; kind++)
                if (has(&node_traits[kind]) != expected[kind])
                        fail_msg("kind %d", kind);
}

#define assert_only(has, ...) check_only(has, __VA_ARGS__, _NODE_KIND_MAX)

static void test_directories_are_told_from_files(void **state _unused_)
{
        assert_only(is_directory, NODE_ROOT, NODE_POINT, NODE_REJECTED_DIR, NODE_FOLDER,
                    NODE_MISSING_DIR, NODE_SUBMITTED_DIR, NODE_SUBMITTED_FOLDER, NODE_READY_DIR,
                    NODE_OFFICE_DIR, NODE_OFFICE_PENDING, NODE_OFFICE_APPROVED, NODE_OFFICE_REASON);
        for (int kind = 0; kind < _NODE_KIND_MAX; kind++) {
                const NodeTraits *t = &node_traits[kind];

                assert_int_equal(node_is_directory((Node){.kind = (NodeKind)kind}), t->directory);
                if (t->directory)
                        assert_false(t->snapshot || t->writable || t->keep_cache);
                else
                        assert_int_equal(t->lists, 0);
        }
}

static void test_the_office_has_its_own_and_no_more(void **state _unused_)
{
        assert_only(is_office, NODE_OFFICE_DIR, NODE_OFFICE_PENDING, NODE_OFFICE_APPROVED,
                    NODE_OFFICE_REASON, NODE_OFFICE_PHOTO, NODE_OFFICE_EXPORTED, NODE_OFFICE_CENTRE,
                    NODE_INBOX, NODE_EXPORT_MANIFEST, NODE_EXPORT_SUMS, NODE_OFFICE_NOTE,
                    NODE_OFFICE_STATUS, NODE_OFFICE_CSV, NODE_OFFICE_XLSX, NODE_OFFICE_HTML,
                    NODE_REVIEW_HTML);
        assert_true(office_has((Node){.kind = NODE_INBOX, .id = 1}));
        assert_false(office_has((Node){.kind = NODE_ROOT}));
}

static void test_only_one_directory_imports(void **state _unused_)
{
        for (int kind = 0; kind < _NODE_KIND_MAX; kind++)
                for (int dir = 0; dir < _OFFICE_DIR_MAX; dir++)
                        assert_int_equal(
                                office_is_import((Node){.kind = (NodeKind)kind, .id = dir}),
                                kind == NODE_OFFICE_DIR && dir == OFFICE_IMPORT);
}

static void test_what_the_daemon_says_cannot_be_written(void **state _unused_)
{
        assert_only(is_snapshot, NODE_STATUS, NODE_STATUS_CSV, NODE_STATUS_XLSX, NODE_INDEX_HTML,
                    NODE_EXPORT_MANIFEST, NODE_EXPORT_SUMS, NODE_OFFICE_STATUS, NODE_OFFICE_CSV,
                    NODE_OFFICE_XLSX, NODE_OFFICE_HTML, NODE_REVIEW_HTML, NODE_READY_MANIFEST);
        assert_only(is_writable, NODE_UPLOAD, NODE_ALIAS, NODE_PHOTO, NODE_REJECTED, NODE_LITTER,
                    NODE_INBOX, NODE_OFFICE_NOTE);
}

static void test_what_is_finished_begins_anew_when_written(void **state _unused_)
{
        assert_only(is_finished, NODE_ALIAS, NODE_PHOTO, NODE_REJECTED);
}

/* A page that the kernel kept after the bytes changed would show one photo as another. */
static void test_only_bytes_that_never_change_are_cached(void **state _unused_)
{
        assert_only(is_cached, NODE_ALIAS, NODE_PHOTO, NODE_REJECTED, NODE_READY, NODE_OFFICE_PHOTO,
                    NODE_OFFICE_EXPORTED, NODE_STATUS, NODE_STATUS_CSV, NODE_STATUS_XLSX,
                    NODE_INDEX_HTML, NODE_EXPORT_MANIFEST, NODE_EXPORT_SUMS, NODE_OFFICE_STATUS,
                    NODE_OFFICE_CSV, NODE_OFFICE_XLSX, NODE_OFFICE_HTML, NODE_REVIEW_HTML,
                    NODE_READY_MANIFEST);
}

static void test_what_changes_by_itself_is_asked_for_each_time(void **state _unused_)
{
        assert_only(is_asked_for_each_time, NODE_UPLOAD, NODE_LITTER, NODE_INBOX);
        for (int kind = 0; kind < _NODE_KIND_MAX; kind++) {
                const NodeTraits *t = &node_traits[kind];

                assert_int_equal(t->name == NODE_KEPT_NEVER,
                                 t->snapshot || t->attributes == NODE_KEPT_NEVER);
                assert_true(!t->snapshot || t->attributes == NODE_KEPT_MOMENT);
        }
        /* A verdict or a command gives every other name another meaning. */
        assert_only(has_a_kept_name, NODE_ROOT, NODE_POINT, NODE_REJECTED_DIR, NODE_FOLDER,
                    NODE_MISSING_DIR, NODE_SUBMITTED_DIR, NODE_SUBMITTED_FOLDER, NODE_READY_DIR,
                    NODE_OFFICE_DIR, NODE_OFFICE_PENDING, NODE_OFFICE_APPROVED, NODE_OFFICE_REASON);
        assert_only(has_kept_attributes, NODE_ROOT, NODE_POINT, NODE_REJECTED_DIR, NODE_FOLDER,
                    NODE_MISSING_DIR, NODE_SUBMITTED_DIR, NODE_SUBMITTED_FOLDER, NODE_READY_DIR,
                    NODE_OFFICE_DIR, NODE_OFFICE_PENDING, NODE_OFFICE_APPROVED, NODE_OFFICE_REASON,
                    NODE_PHOTO, NODE_ALIAS);
}

static void test_where_photos_and_folders_can_be_put(void **state _unused_)
{
        assert_only(takes_uploads, NODE_POINT, NODE_REJECTED_DIR, NODE_SUBMITTED_DIR, NODE_FOLDER,
                    NODE_SUBMITTED_FOLDER);
        assert_only(takes_folders, NODE_POINT, NODE_SUBMITTED_DIR, NODE_FOLDER,
                    NODE_SUBMITTED_FOLDER);
}

/* A client that compares a sent file with its own copy must not find attributes that it never set.
 */
static void test_attributes_of_what_was_sent_are_not_listed(void **state _unused_)
{
        assert_only(has_xattrs, NODE_POINT, NODE_UPLOAD, NODE_ALIAS, NODE_REJECTED, NODE_PHOTO,
                    NODE_READY, NODE_OFFICE_PHOTO, NODE_OFFICE_EXPORTED);
        assert_int_equal(node_traits[NODE_POINT].xattrs, NODE_XATTRS_UNLISTED);
        assert_int_equal(node_traits[NODE_UPLOAD].xattrs, NODE_XATTRS_UNLISTED);
        assert_int_equal(node_traits[NODE_ALIAS].xattrs, NODE_XATTRS_UNLISTED);
        assert_int_equal(node_traits[NODE_REJECTED].xattrs, NODE_XATTRS_LISTED);
        assert_int_equal(node_traits[NODE_PHOTO].xattrs, NODE_XATTRS_LISTED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_root_is_number_one),
                cmocka_unit_test(test_every_kind_and_id_comes_back),
                cmocka_unit_test(test_a_status_comes_back_with_its_point_and_version),
                cmocka_unit_test(test_no_two_nodes_share_a_number),
                cmocka_unit_test(test_a_new_version_of_a_status_is_a_new_number),
                cmocka_unit_test(test_numbers_that_no_node_has_are_refused),
                cmocka_unit_test(test_directories_are_told_from_files),
                cmocka_unit_test(test_the_office_has_its_own_and_no_more),
                cmocka_unit_test(test_only_one_directory_imports),
                cmocka_unit_test(test_what_the_daemon_says_cannot_be_written),
                cmocka_unit_test(test_what_is_finished_begins_anew_when_written),
                cmocka_unit_test(test_only_bytes_that_never_change_are_cached),
                cmocka_unit_test(test_what_changes_by_itself_is_asked_for_each_time),
                cmocka_unit_test(test_where_photos_and_folders_can_be_put),
                cmocka_unit_test(test_attributes_of_what_was_sent_are_not_listed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
