/* SPDX-License-Identifier: MIT */
#include "fsfixture.h"

#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/rosterload.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

/* The tree over a catalog filled by hand. */

static Node point_node(void)
{
        return (Node){.kind = NODE_POINT, .id = fixture.point};
}

static int lookup(Node parent, const char *name, Entry *ret)
{
        return tree_lookup(&fixture_world.tree, fixture.catalog, parent, name, ret);
}

static Entry find(Node parent, const char *name)
{
        Entry entry = {};
        int r = lookup(parent, name, &entry);

        if (r != 1)
                fail_msg("'%s': %d", name, r);
        assert_int_equal(entry.attributes.st_ino, node_to_ino(entry.node));
        return entry;
}

static bool resolves(Node parent, const char *name)
{
        Entry entry;
        int r = lookup(parent, name, &entry);

        assert_true(r >= 0);
        return r > 0;
}

static const char *fixed(FixedName name)
{
        return fixed_name(name, fixture_world.tree.language);
}

static Node rejected_node(void)
{
        return find(point_node(), fixed(FIXED_REJECTED)).node;
}

/* ---- listing ---- */

typedef struct Listed {
        char names[64][256];
        uint64_t inos[64];
        uint64_t next[64];
        size_t n;
        size_t stop_at; /* 0: never */
        Node directory;
} Listed;

/* Keeps what is neither . nor .. nor a fixed entry. */
static int keep(const char *name, const Entry *entry, uint64_t next, void *userdata)
{
        Listed *listed = userdata;

        assert_true(entry->attributes.st_mode != 0);
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
            tree_fixed(&fixture_world.tree, listed->directory, name) < 0) {
                assert_true(listed->n < ELEMENTSOF(listed->names));
                (void)snprintf(listed->names[listed->n], sizeof(listed->names[0]), "%s", name);
                listed->inos[listed->n] = entry->attributes.st_ino;
                listed->next[listed->n] = next;
                listed->n++;
        }
        return listed->stop_at != 0 && listed->n == listed->stop_at;
}

static void list_from(Node directory, uint64_t offset, size_t stop_at, Listed *ret)
{
        *ret = (Listed){.directory = directory, .stop_at = stop_at};
        assert_int_equal(
                tree_list(&fixture_world.tree, fixture.catalog, directory, offset, 0, keep, ret),
                0);
}

static void list(Node directory, Listed *ret)
{
        list_from(directory, 0, 0, ret);
}

static size_t count(const Listed *listed, const char *name)
{
        size_t n = 0;

        for (size_t i = 0; i < listed->n; i++)
                n += strcmp(listed->names[i], name) == 0;
        return n;
}

static int see_name(const char *name, const Entry *entry _unused_, uint64_t next, void *userdata)
{
        Text *names = userdata;

        assert_true(next != 0);
        text_append(names, name);
        text_append(names, "/");
        return 0;
}

static void test_fixed_entries_are_listed_and_found_in_both_languages(void **state _unused_)
{
        static const struct {
                Language language;
                const char *status;
                const char *rejected;
                const char *page;
        } cases[] = {
                {LANGUAGE_EN, "STATUS.txt", "rejected", "index.html"},
                {LANGUAGE_ZH, "状态.txt", "驳回", "总览.html"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                const char *other = cases[1 - i].rejected;
                _cleanup_text_ Text names = {};

                fixture_world.tree.language = cases[i].language;
                assert_int_equal(tree_list(&fixture_world.tree, fixture.catalog, point_node(), 0, 0,
                                           see_name, &names),
                                 0);
                assert_true(text_starts_with(names.data, "./../"));
                assert_non_null(strstr(names.data, cases[i].status));
                assert_non_null(strstr(names.data, cases[i].rejected));
                assert_int_equal(find(point_node(), cases[i].status).node.kind, NODE_STATUS);
                assert_int_equal(find(point_node(), cases[i].rejected).node.kind,
                                 NODE_REJECTED_DIR);
                assert_int_equal(find((Node){.kind = NODE_ROOT}, cases[i].status).node.kind,
                                 NODE_STATUS);
                assert_int_equal(find(point_node(), cases[i].page).node.kind, NODE_INDEX_HTML);
                assert_int_equal(find((Node){.kind = NODE_ROOT}, cases[i].page).node.kind,
                                 NODE_INDEX_HTML);
                assert_false(resolves(point_node(), other));
        }
}

static void test_the_root_lists_the_points(void **state _unused_)
{
        Node root = {.kind = NODE_ROOT};
        Listed all;

        (void)fixture_point("大连分校");
        list(root, &all);
        assert_int_equal(all.n, 2);
        assert_string_equal(all.names[0], FIXTURE_POINT);
        assert_string_equal(all.names[1], "大连分校");
        assert_int_equal(find(root, "大连分校").attributes.st_ino, all.inos[1]);
}

static void test_a_point_belongs_to_its_owner(void **state _unused_)
{
        Entry entry = find((Node){.kind = NODE_ROOT}, FIXTURE_POINT);

        assert_int_equal(entry.node.kind, NODE_POINT);
        assert_int_equal(entry.attributes.st_mode, S_IFDIR | 02770);
        assert_int_equal(entry.attributes.st_uid, FIXTURE_UID);
        assert_int_equal(entry.attributes.st_gid, FIXTURE_GID);
        assert_int_equal(entry.attributes.st_mtim.tv_sec, FIXTURE_EPOCH / NSEC_PER_SEC);
}

static void test_a_photo_shows_its_size_time_and_state(void **state _unused_)
{
        static const struct {
                ReviewState state;
                mode_t mode;
        } cases[] = {
                {REVIEW_PENDING, 0640},
                {REVIEW_APPROVED, 0440},
                {REVIEW_LOCKED, 0440},
        };
        int64_t id = fixture_accepted(FIXTURE_ID, "张三.jpg");
        _cleanup_photo_ PhotoRow photo = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, id, &photo), 1);
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                Entry entry;

                assert_int_equal(
                        catalog_set_student(fixture.catalog, photo.student, cases[i].state, id), 0);
                entry = find(point_node(), FIXTURE_ID ".jpg");
                assert_int_equal(entry.node.kind, NODE_PHOTO);
                assert_int_equal(entry.node.id, id);
                assert_int_equal(entry.attributes.st_size, 34567);
                assert_int_equal(entry.attributes.st_mode, S_IFREG | cases[i].mode);
                assert_int_equal(entry.attributes.st_mtim.tv_sec,
                                 FIXTURE_EPOCH / NSEC_PER_SEC - 1000);
        }
}

static void test_an_alias_resolves_but_is_not_listed(void **state _unused_)
{
        Entry alias;
        Listed all;

        (void)fixture_accepted(FIXTURE_ID, "张三.jpg");
        alias = find(point_node(), "张三.jpg");
        assert_int_equal(alias.node.kind, NODE_ALIAS);
        assert_int_equal(alias.attributes.st_size, 4711);
        assert_int_equal(alias.attributes.st_mode, S_IFREG | 0640);
        assert_int_equal(alias.attributes.st_mtim.tv_sec, FIXTURE_EPOCH / NSEC_PER_SEC - 1000);
        list(point_node(), &all);
        assert_int_equal(all.n, 1);
        assert_string_equal(all.names[0], FIXTURE_ID ".jpg");
}

static void test_a_rejected_file_stands_beside_its_reason(void **state _unused_)
{
        int64_t id = fixture_rejected("IMG_2031.jpg", REASON_BLUR);
        _cleanup_free_ char *text = NULL;
        Entry file, reason;
        size_t size;
        Listed all;

        list(rejected_node(), &all);
        assert_int_equal(all.n, 2);
        assert_string_equal(all.names[0], "IMG_2031.jpg");
        assert_string_equal(all.names[1], "IMG_2031.jpg - not sharp.txt");
        file = find(rejected_node(), "IMG_2031.jpg");
        reason = find(rejected_node(), "IMG_2031.jpg - not sharp.txt");
        assert_int_equal(file.node.kind, NODE_REJECTED);
        assert_int_equal(file.node.id, id);
        assert_int_equal(file.attributes.st_size, 4711);
        assert_int_equal(reason.node.kind, NODE_REASON);
        assert_int_equal(reason.node.id, id);
        assert_int_equal(tree_reason_text(&fixture_world.tree, fixture.catalog, id, &text, &size),
                         0);
        assert_int_equal(reason.attributes.st_size, size);
        assert_non_null(strstr(text, reason_title(REASON_BLUR, LANGUAGE_EN)));
        /* In the point's directory only the dropped name is left. */
        assert_int_equal(find(point_node(), "IMG_2031.jpg").node.kind, NODE_ALIAS);
        assert_false(resolves(point_node(), "IMG_2031.jpg - not sharp.txt"));
}

static void test_an_upload_comes_before_photo_and_alias_of_its_name(void **state _unused_)
{
        const char *name = FIXTURE_ID ".jpg";
        int64_t photo = fixture_accepted(FIXTURE_ID, name), upload;
        Entry entry = find(point_node(), name);
        Listed all;

        assert_int_equal(entry.node.kind, NODE_PHOTO);
        assert_int_equal(entry.node.id, photo);
        upload = fixture_upload(name);
        entry = find(point_node(), name);
        assert_int_equal(entry.node.kind, NODE_UPLOAD);
        assert_int_equal(entry.node.id, upload);
        list(point_node(), &all);
        assert_int_equal(count(&all, name), 1);
        assert_int_equal(catalog_remove_submission(fixture.catalog, upload), 0);
        assert_int_equal(find(point_node(), name).node.kind, NODE_PHOTO);
}

static void test_a_photo_comes_before_an_alias_of_its_name(void **state _unused_)
{
        const char *name = FIXTURE_ID ".jpg";

        (void)fixture_rejected(name, REASON_BLUR);
        assert_int_equal(find(point_node(), name).node.kind, NODE_ALIAS);
        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        assert_int_equal(find(point_node(), name).node.kind, NODE_PHOTO);
}

static void test_names_are_alike_in_every_width_and_composition(void **state _unused_)
{
        (void)fixture_accepted(FIXTURE_ID, "caf\u00e9 Ａ.jpg");
        (void)fixture_rejected("（一）.jpg", REASON_BLUR);
        (void)fixture_folder(FOLDER_POINT, "照片１");
        assert_true(resolves(point_node(), "cafe\u0301 A.jpg"));
        assert_true(resolves(point_node(), "２１９９９９１９９００１０１００１６.jpg"));
        assert_true(resolves(rejected_node(), "(一).jpg"));
        assert_true(resolves(rejected_node(), "(一).jpg - not sharp.txt"));
        assert_true(resolves(point_node(), "照片1"));
        assert_false(resolves(point_node(), "CAF\u00c9 A.JPG"));
}

static void test_a_name_that_is_no_text_is_not_found(void **state _unused_)
{
        assert_false(resolves(point_node(), "\xff\xfe.jpg"));
        assert_false(resolves(rejected_node(), "\xff\xfe.jpg - not sharp.txt"));
        assert_false(resolves((Node){.kind = NODE_ROOT}, "\xff"));
}

static void test_a_folder_holds_its_uploads(void **state _unused_)
{
        int64_t id = fixture_folder(FOLDER_POINT, "一班");
        Entry folder = find(point_node(), "一班");
        Listed in_point, in_folder;

        (void)fixture_upload_in(id, "a.jpg", false);
        (void)fixture_upload_in(id, ".a.jpg.XXXX", true);
        assert_int_equal(folder.node.kind, NODE_FOLDER);
        assert_true(S_ISDIR(folder.attributes.st_mode));
        assert_int_equal(folder.attributes.st_gid, FIXTURE_GID);
        list(point_node(), &in_point);
        assert_int_equal(in_point.n, 1);
        assert_string_equal(in_point.names[0], "一班");
        list(folder.node, &in_folder);
        assert_int_equal(in_folder.n, 1);
        assert_string_equal(in_folder.names[0], "a.jpg");
        assert_true(resolves(folder.node, ".a.jpg.XXXX"));
        assert_false(resolves(point_node(), "a.jpg"));
}

static void test_an_emptied_folder_is_not_listed_but_resolves(void **state _unused_)
{
        int64_t id = fixture_folder(FOLDER_POINT, "一班");
        Listed all;

        assert_int_equal(catalog_set_folder_listed(fixture.catalog, id, false), 0);
        list(point_node(), &all);
        assert_int_equal(all.n, 0);
        assert_true(resolves(point_node(), "一班"));
}

static void test_who_misses_a_photo_has_a_file_in_missing(void **state _unused_)
{
        Node missing = find(point_node(), fixed(FIXED_MISSING)).node;
        RosterStudent student = {
                .id_number = FIXTURE_ID,
                .name = "张三",
                .student_no = "S1",
                .class_name = "一班",
        };
        _cleanup_free_ char *text = NULL;
        Entry entry;
        size_t size;
        Listed all;

        assert_int_equal(fixture_roster(student).added, 1);
        (void)fixture_accepted(FIXTURE_ID_2, "a.jpg");
        list(missing, &all);
        assert_int_equal(all.n, 1);
        assert_string_equal(all.names[0], FIXTURE_ID " 张三.txt");
        entry = find(missing, all.names[0]);
        assert_int_equal(entry.node.kind, NODE_MISSING);
        assert_int_equal(tree_missing_text(&fixture_world.tree, fixture.catalog, entry.node.id,
                                           &text, &size),
                         0);
        assert_int_equal(entry.attributes.st_size, size);
        assert_non_null(strstr(text, "张三"));
        assert_false(resolves(missing, FIXTURE_ID " 李四.txt"));
        assert_false(resolves(missing, FIXTURE_ID_2 ".txt"));
}

static void test_originals_stand_in_submitted_wherever_they_were_dropped(void **state _unused_)
{
        Node submitted = find(point_node(), fixed(FIXED_SUBMITTED)).node;
        int64_t direct;
        Listed all;

        (void)fixture_accepted(FIXTURE_ID, "张三.jpg");
        (void)fixture_rejected("IMG_2031.jpg", REASON_BLUR);
        direct = fixture_received_in(FOLDER_SUBMITTED, "direct.jpg");
        assert_int_equal(catalog_set_submission_state(fixture.catalog, direct, SUBMISSION_REJECTED),
                         0);
        list(submitted, &all);
        assert_int_equal(all.n, 3);
        assert_int_equal(count(&all, "张三.jpg"), 1);
        assert_int_equal(count(&all, "IMG_2031.jpg"), 1);
        assert_int_equal(count(&all, "direct.jpg"), 1);
        for (size_t i = 0; i < all.n; i++) {
                Entry entry = find(submitted, all.names[i]);

                assert_int_equal(entry.node.kind, NODE_ALIAS);
                assert_int_equal(entry.attributes.st_size, 4711);
                assert_int_equal(entry.attributes.st_ino, all.inos[i]);
        }
        assert_false(resolves(point_node(), "direct.jpg"));
}

/* ---- offsets ---- */

static void fill_everything(void)
{
        char name[32];

        (void)fixture_accepted(FIXTURE_ID, "1.jpg");
        (void)fixture_accepted(FIXTURE_ID_2, "2.jpg");
        (void)fixture_accepted(FIXTURE_ID_3, "3.jpg");
        for (int i = 0; i < 3; i++) {
                (void)snprintf(name, sizeof(name), "upload %d.jpg", i);
                (void)fixture_upload(name);
                (void)snprintf(name, sizeof(name), "folder %d", i);
                (void)fixture_folder(FOLDER_POINT, name);
                (void)snprintf(name, sizeof(name), "rejected %d.jpg", i);
                (void)fixture_rejected(name, REASON_BLUR);
        }
}

static void assert_any_piece_is_the_rest(Node directory)
{
        Listed all;

        list(directory, &all);
        for (size_t i = 0; i < all.n; i++) {
                Listed rest;

                list_from(directory, all.next[i], 0, &rest);
                assert_int_equal(rest.n, all.n - i - 1);
                for (size_t k = 0; k < rest.n; k++) {
                        assert_string_equal(rest.names[k], all.names[i + 1 + k]);
                        assert_int_equal(rest.inos[k], all.inos[i + 1 + k]);
                        assert_int_equal(rest.next[k], all.next[i + 1 + k]);
                }
        }
}

static void test_a_listing_goes_on_where_it_stopped(void **state _unused_)
{
        fill_everything();
        assert_any_piece_is_the_rest((Node){.kind = NODE_ROOT});
        assert_any_piece_is_the_rest(point_node());
        assert_any_piece_is_the_rest(rejected_node());
        (void)fixture_student("219999199001010040");
        (void)fixture_student("219999199001010059");
        assert_any_piece_is_the_rest(find(point_node(), fixed(FIXED_MISSING)).node);
        assert_any_piece_is_the_rest(find(point_node(), fixed(FIXED_SUBMITTED)).node);
}

static int stop_at_once(const char *name, const Entry *entry _unused_, uint64_t next,
                        void *userdata)
{
        struct {
                char name[256];
                uint64_t next;
        } *one = userdata;

        (void)snprintf(one->name, sizeof(one->name), "%s", name);
        one->next = next;
        return 1;
}

static void test_one_entry_at_a_time_gives_each_once(void **state _unused_)
{
        struct {
                char name[256];
                uint64_t next;
        } one = {};
        _cleanup_text_ Text single = {}, whole = {};

        fill_everything();
        for (;;) {
                uint64_t before = one.next;

                assert_int_equal(tree_list(&fixture_world.tree, fixture.catalog, point_node(),
                                           before, 0, stop_at_once, &one),
                                 0);
                if (one.next == before)
                        break;
                text_append(&single, one.name);
                text_append(&single, "/");
        }
        assert_int_equal(tree_list(&fixture_world.tree, fixture.catalog, point_node(), 0, 0,
                                   see_name, &whole),
                         0);
        assert_string_equal(single.data, whole.data);
}

static void listing_in_pages(Node directory, unsigned page, Text *ret)
{
        assert_int_equal(
                tree_list(&fixture_world.tree, fixture.catalog, directory, 0, page, see_name, ret),
                0);
}

/* Rows that show nothing are rows of a page too. */
static void test_a_listing_is_the_same_in_pages_of_any_size(void **state _unused_)
{
        CatalogLook *look = catalog_look_new(fixture.catalog);
        Node directories[] = {point_node(), rejected_node(), {.kind = NODE_ROOT}, {}, {}};

        fill_everything();
        (void)fixture_student("219999199001010040");
        (void)fixture_student("219999199001010059");
        directories[3] = find(point_node(), fixed(FIXED_MISSING)).node;
        directories[4] = find(point_node(), fixed(FIXED_SUBMITTED)).node;
        for (size_t i = 0; i < ELEMENTSOF(directories); i++) {
                _cleanup_text_ Text whole = {};

                listing_in_pages(directories[i], 0, &whole);
                catalog_use_look(fixture.catalog, look);
                for (unsigned page = 1; page < 8; page++) {
                        _cleanup_text_ Text paged = {};

                        if (look)
                                catalog_look_forget(look);
                        listing_in_pages(directories[i], page, &paged);
                        assert_string_equal(paged.data, whole.data);
                }
                catalog_use_look(fixture.catalog, NULL);
        }
        catalog_look_free(look);
}

static void test_offsets_hold_while_names_come_and_go(void **state _unused_)
{
        Listed before, after;
        int64_t a, b, c;

        a = fixture_rejected("a.jpg", REASON_BLUR);
        b = fixture_rejected("b.jpg", REASON_BLUR);
        c = fixture_rejected("c.jpg", REASON_BLUR);
        list(rejected_node(), &before);
        assert_int_equal(before.n, 6);
        assert_int_equal(catalog_set_submission_state(fixture.catalog, a, SUBMISSION_DISMISSED), 0);
        (void)fixture_rejected("d.jpg", REASON_BLUR);
        /* After b.jpg, whose reason is still to come. */
        list_from(rejected_node(), before.next[2], 0, &after);
        assert_int_equal(after.n, 5);
        assert_string_equal(after.names[0], "b.jpg - not sharp.txt");
        assert_string_equal(after.names[1], "c.jpg");
        assert_string_equal(after.names[4], "d.jpg - not sharp.txt");
        /* The entry that the offset tells of is gone itself. */
        assert_int_equal(catalog_set_submission_state(fixture.catalog, b, SUBMISSION_DISMISSED), 0);
        list_from(rejected_node(), before.next[2], 0, &after);
        assert_int_equal(after.n, 4);
        assert_string_equal(after.names[0], "c.jpg");
        assert_int_equal(catalog_set_submission_state(fixture.catalog, c, SUBMISSION_DISMISSED), 0);
        list_from(rejected_node(), before.next[5], 0, &after);
        assert_int_equal(after.n, 2);
}

static void test_photos_keep_their_offsets_too(void **state _unused_)
{
        int64_t first = fixture_accepted(FIXTURE_ID, "1.jpg");
        _cleanup_photo_ PhotoRow photo = {};
        Listed before, after;

        (void)fixture_accepted(FIXTURE_ID_2, "2.jpg");
        list(point_node(), &before);
        assert_int_equal(catalog_get_photo(fixture.catalog, first, &photo), 1);
        assert_int_equal(catalog_set_student(fixture.catalog, photo.student, REVIEW_MISSING, 0), 0);
        list_from(point_node(), before.next[0], 0, &after);
        assert_int_equal(after.n, 1);
        assert_string_equal(after.names[0], FIXTURE_ID_2 ".jpg");
}

static void test_an_offset_that_is_none_lists_nothing(void **state _unused_)
{
        Listed all;

        fill_everything();
        list_from(point_node(), UINT64_MAX, 0, &all);
        assert_int_equal(all.n, 0);
        list_from(point_node(), INT64_MAX, 0, &all);
        assert_int_equal(all.n, 0);
}

/* ---- nodes ---- */

static void test_attributes_are_those_of_the_lookup(void **state _unused_)
{
        static const char *const names[] = {FIXTURE_ID ".jpg", "1.jpg", "upload 0.jpg", "folder 0",
                                            "rejected 0.jpg"};

        fill_everything();
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                Entry entry = find(point_node(), names[i]);
                struct stat st;

                assert_int_equal(
                        tree_attributes(&fixture_world.tree, fixture.catalog, entry.node, &st), 0);
                assert_memory_equal(&st, &entry.attributes, sizeof(st));
        }
}

static void test_what_is_gone_has_no_attributes(void **state _unused_)
{
        static const NodeKind kinds[] = {NODE_POINT,  NODE_REJECTED_DIR, NODE_FOLDER,
                                         NODE_UPLOAD, NODE_ALIAS,        NODE_PHOTO,
                                         NODE_REASON, NODE_REJECTED,     NODE_LITTER};

        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                struct stat st;

                assert_int_equal(tree_attributes(&fixture_world.tree, fixture.catalog,
                                                 (Node){.kind = kinds[i], .id = 4711}, &st),
                                 -ENOENT);
        }
}

static void test_places_of_directories(void **state _unused_)
{
        int64_t id = fixture_folder(FOLDER_POINT, "a");
        Place place;

        assert_int_equal(tree_place(&fixture_world.tree, fixture.catalog, point_node(), &place), 0);
        assert_int_equal(place.point, fixture.point);
        assert_int_equal(place.folder, FOLDER_POINT);
        assert_int_equal(tree_place(&fixture_world.tree, fixture.catalog, rejected_node(), &place),
                         0);
        assert_int_equal(place.folder, FOLDER_REJECTED);
        assert_int_equal(tree_place(&fixture_world.tree, fixture.catalog,
                                    (Node){.kind = NODE_FOLDER, .id = id}, &place),
                         0);
        assert_int_equal(place.point, fixture.point);
        assert_int_equal(place.folder, id);
        assert_int_equal(
                tree_place(&fixture_world.tree, fixture.catalog, (Node){.kind = NODE_ROOT}, &place),
                -EACCES);
        assert_int_equal(tree_place(&fixture_world.tree, fixture.catalog,
                                    (Node){.kind = NODE_PHOTO, .id = 1}, &place),
                         -ENOTDIR);
        assert_int_equal(tree_place(&fixture_world.tree, fixture.catalog,
                                    (Node){.kind = NODE_FOLDER, .id = 4711}, &place),
                         -ENOENT);
}

static void test_a_ghost_resolves_after_everything_else(void **state _unused_)
{
        int64_t upload = fixture_upload("new.jpg");
        Entry entry;
        Listed all;

        ghost_add(fixture_world.tree.ghosts, point_node(), "old.jpg",
                  (Node){.kind = NODE_UPLOAD, .id = upload});
        entry = find(point_node(), "old.jpg");
        assert_true(entry.ghost);
        assert_int_equal(entry.node.id, upload);
        list(point_node(), &all);
        assert_int_equal(count(&all, "old.jpg"), 0);
        (void)fixture_upload("old.jpg");
        entry = find(point_node(), "old.jpg");
        assert_false(entry.ghost);
        assert_int_not_equal(entry.node.id, upload);
}

static void test_a_ghost_of_what_is_gone_is_not_found(void **state _unused_)
{
        ghost_add(fixture_world.tree.ghosts, point_node(), "old.jpg",
                  (Node){.kind = NODE_UPLOAD, .id = 4711});
        assert_false(resolves(point_node(), "old.jpg"));
}

/* ---- paths ---- */

static void assert_path(Place place, const char *name, const char *expected)
{
        _cleanup_free_ char *path = NULL;

        assert_int_equal(tree_path(&fixture_world.tree, fixture.catalog, &place, name, &path), 0);
        assert_string_equal(path, expected);
}

static void test_paths_lead_from_the_root(void **state _unused_)
{
        int64_t outer = fixture_folder(FOLDER_POINT, "外"), inner = fixture_folder(outer, "内");
        Place place = {.point = fixture.point};

        assert_path(place, "a.jpg", FIXTURE_POINT "/a.jpg");
        place.folder = inner;
        assert_path(place, "a.jpg", FIXTURE_POINT "/外/内/a.jpg");
        place.folder = FOLDER_REJECTED;
        assert_path(place, "a.jpg", FIXTURE_POINT "/rejected/a.jpg");
        fixture_world.tree.language = LANGUAGE_ZH;
        assert_path(place, "a.jpg", FIXTURE_POINT "/驳回/a.jpg");
}

static void test_a_path_of_no_place_is_enoent(void **state _unused_)
{
        Place no_point = {.point = 4711}, no_folder = {.point = fixture.point, .folder = 4711};
        char *path = NULL;

        assert_int_equal(tree_path(&fixture_world.tree, fixture.catalog, &no_point, "a", &path),
                         -ENOENT);
        assert_int_equal(tree_path(&fixture_world.tree, fixture.catalog, &no_folder, "a", &path),
                         -ENOENT);
        assert_null(path);
}

static void test_folders_in_a_circle_have_no_path(void **state _unused_)
{
        int64_t a = fixture_folder(FOLDER_POINT, "a"), b = fixture_folder(a, "b");
        Place place = {.point = fixture.point, .folder = b};
        char *path = NULL;

        assert_int_equal(catalog_move_folder(fixture.catalog, a, b, "a", false), 0);
        assert_int_equal(tree_path(&fixture_world.tree, fixture.catalog, &place, "x", &path),
                         -ENOENT);
        assert_null(path);
}

static void check_step(const JudgeTarget *target, const char *from, const char *to)
{
        Place place = {.point = fixture.point, .folder = FOLDER_SUBMITTED};
        TreeStep step = {};

        assert_int_equal(tree_verdict_step(&fixture_world.tree, fixture.catalog, &place, "x.jpg",
                                           target, &step),
                         0);
        assert_string_equal(step.from, from);
        assert_string_equal(step.to, to);
        free(step.from);
        free(step.to);
}

static void test_a_verdict_leads_into_the_point_or_into_rejected(void **state _unused_)
{
        const char *from = FIXTURE_POINT "/submitted/x.jpg";

        check_step(&(JudgeTarget){.name = (char *)"a.jpg"}, from, FIXTURE_POINT "/a.jpg");
        check_step(&(JudgeTarget){.name = (char *)"a.jpg", .rejected = true}, from,
                   FIXTURE_POINT "/rejected/a.jpg");
}

static void test_a_verdict_on_what_is_nowhere_leads_nowhere(void **state _unused_)
{
        Place place = {.point = fixture.point, .folder = 4711};
        JudgeTarget target = {.name = (char *)"a.jpg"};
        TreeStep step = {};

        assert_int_equal(tree_verdict_step(&fixture_world.tree, fixture.catalog, &place, "x.jpg",
                                           &target, &step),
                         -ENOENT);
        assert_null(step.from);
        assert_null(step.to);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fs_test(test_fixed_entries_are_listed_and_found_in_both_languages),
                fs_test(test_the_root_lists_the_points),
                fs_test(test_a_point_belongs_to_its_owner),
                fs_test(test_a_photo_shows_its_size_time_and_state),
                fs_test(test_an_alias_resolves_but_is_not_listed),
                fs_test(test_a_rejected_file_stands_beside_its_reason),
                fs_test(test_an_upload_comes_before_photo_and_alias_of_its_name),
                fs_test(test_a_photo_comes_before_an_alias_of_its_name),
                fs_test(test_names_are_alike_in_every_width_and_composition),
                fs_test(test_a_name_that_is_no_text_is_not_found),
                fs_test(test_a_folder_holds_its_uploads),
                fs_test(test_an_emptied_folder_is_not_listed_but_resolves),
                fs_test(test_who_misses_a_photo_has_a_file_in_missing),
                fs_test(test_originals_stand_in_submitted_wherever_they_were_dropped),
                fs_test(test_a_listing_goes_on_where_it_stopped),
                fs_test(test_one_entry_at_a_time_gives_each_once),
                fs_test(test_a_listing_is_the_same_in_pages_of_any_size),
                fs_test(test_offsets_hold_while_names_come_and_go),
                fs_test(test_photos_keep_their_offsets_too),
                fs_test(test_an_offset_that_is_none_lists_nothing),
                fs_test(test_attributes_are_those_of_the_lookup),
                fs_test(test_what_is_gone_has_no_attributes),
                fs_test(test_places_of_directories),
                fs_test(test_a_ghost_resolves_after_everything_else),
                fs_test(test_a_ghost_of_what_is_gone_is_not_found),
                fs_test(test_paths_lead_from_the_root),
                fs_test(test_a_path_of_no_place_is_enoent),
                fs_test(test_folders_in_a_circle_have_no_path),
                fs_test(test_a_verdict_leads_into_the_point_or_into_rejected),
                fs_test(test_a_verdict_on_what_is_nowhere_leads_nowhere),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
