/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#if HAVE_XLSX

#include <dirent.h>
#include <idphoto/photorow.h>
#include <idphoto/standingcsv.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>
#include <pthread.h>
#include <roster/package.h>
#include <roster/xml.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <view/sheet.h>

/* Workbooks are read back by the reader of rosters: each cell as REF|KIND|NUMBER FORMAT
 * COLOUR|TEXT and LF. */

#define PLAIN       "49 "
#define HEADING     "49 FFD9E2EC"
#define MARKED      "49 FFFFF2CC"
#define MARKED_SUM  "1 FFFFF2CC"
#define STYLES_MAX  16
#define COLOUR_SIZE 16

typedef struct Workbook {
        Text cells;
        Text attributes; /* of all other elements */
        bool in_value;
        bool in_formats;
        char colours[STYLES_MAX][COLOUR_SIZE]; /* of fills */
        size_t n_colours;
        struct {
                int number, fill;
        } formats[STYLES_MAX];
        size_t n_formats;
} Workbook;

static void workbook_done(Workbook *book)
{
        text_done(&book->cells);
        text_done(&book->attributes);
}
#define _cleanup_workbook_ _cleanup_(workbook_done)

static void start_style(Workbook *book, const char *name, const char *const *attributes)
{
        const char *rgb = xml_attribute(attributes, "rgb");

        if (strcmp(name, "cellXfs") == 0)
                book->in_formats = true;
        else if (strcmp(name, "fill") == 0)
                assert_true(++book->n_colours <= STYLES_MAX);
        else if (strcmp(name, "fgColor") == 0 && rgb)
                (void)snprintf(book->colours[book->n_colours - 1], COLOUR_SIZE, "%s", rgb);
        else if (strcmp(name, "xf") == 0 && book->in_formats) {
                assert_true(book->n_formats < STYLES_MAX);
                book->formats[book->n_formats].number = atoi(xml_attribute(attributes, "numFmtId"));
                book->formats[book->n_formats++].fill = atoi(xml_attribute(attributes, "fillId"));
        }
}

static int start(void *userdata, const char *name, const char *const *attributes)
{
        Workbook *book = userdata;
        const char *kind = xml_attribute(attributes, "t");

        start_style(book, name, attributes);
        if (strcmp(name, "c") == 0) {
                int style = atoi(xml_attribute(attributes, "s"));

                text_printf(&book->cells, "%s%s|%s|%d %s|", book->cells.size > 0 ? "\n" : "",
                            xml_attribute(attributes, "r"), kind ? kind : "n",
                            book->formats[style].number, book->colours[book->formats[style].fill]);
        } else
                for (size_t i = 0; attributes[i]; i += 2)
                        text_printf(&book->attributes, "%s %s=%s\n", name, attributes[i],
                                    attributes[i + 1]);
        book->in_value = strcmp(name, "t") == 0 || strcmp(name, "v") == 0;
        return 0;
}

static int end(void *userdata, const char *name)
{
        Workbook *book = userdata;

        book->in_value = false;
        if (strcmp(name, "cellXfs") == 0)
                book->in_formats = false;
        return 0;
}

static int text(void *userdata, const char *s, size_t n)
{
        Workbook *book = userdata;

        if (book->in_value)
                text_append_data(&book->cells, s, n);
        return 0;
}

static void read_back(const char *data, size_t size, Workbook *book)
{
        const XmlHandler handler = {start, end, text};
        static const char *const parts[] = {
                "[Content_Types].xml", "_rels/.rels",   "xl/_rels/workbook.xml.rels",
                "xl/workbook.xml",     "xl/styles.xml", "xl/worksheets/sheet1.xml"};

        for (size_t i = 0; i < ELEMENTSOF(parts); i++)
                assert_int_equal(package_read_part(data, size, parts[i], &handler, book), 0);
}

static void expect_cell(const Workbook *book, const char *cell)
{
        char line[512];

        (void)snprintf(line, sizeof(line), "%s\n", cell);
        if (!strstr(book->cells.data, line) && !text_ends_with(book->cells.data, cell))
                fail_msg("no cell '%s' in\n%s", cell, book->cells.data);
}

static void make_table(StandingTable table, Language language, Workbook *book)
{
        _cleanup_free_ char *data = NULL;
        size_t size;

        assert_int_equal(standings_table(fixture.catalog, table,
                                         (Where){fixture.batch, fixture.point}, language, &data,
                                         &size),
                         0);
        read_back(data, size, book);
}

static int64_t warned(const char *id_number, const char *name)
{
        int64_t photo = fixture_accepted(id_number, name);
        _cleanup_photo_ PhotoRow row = {};
        Findings findings = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        (void)findings_add_value(&findings, REASON_NOISE, FINDING_WARN, 7.5, NAN, 6);
        (void)findings_add(&findings, REASON_BLUR, FINDING_WARN);
        assert_int_equal(catalog_set_findings(fixture.catalog, row.submission, &findings), 0);
        return photo;
}

static void test_a_point_has_a_row_for_each_student(void **state _unused_)
{
        _cleanup_workbook_ Workbook book = {};
        char cell[256];

        (void)fixture_listed_student(FIXTURE_ID);
        (void)warned(FIXTURE_ID_2, "=1+1.jpg");
        make_table(STANDING_TABLE_XLSX, LANGUAGE_EN, &book);
        expect_cell(&book, "A1|inlineStr|" HEADING "|Teaching point");
        expect_cell(&book, "B2|inlineStr|" PLAIN "|" FIXTURE_ID);
        expect_cell(&book, "F2|inlineStr|" PLAIN "|missing");
        /* All of the row has the colour. */
        expect_cell(&book, "B3|inlineStr|" MARKED "|" FIXTURE_ID_2);
        expect_cell(&book, "C3|n|" MARKED "|");
        expect_cell(&book, "H3|n|" MARKED_SUM "|2");
        (void)snprintf(cell, sizeof(cell),
                       "I3|inlineStr|" MARKED "|%s (measured 7.5, allowed at most 6)\n%s",
                       reason_title(REASON_NOISE, LANGUAGE_EN),
                       reason_title(REASON_BLUR, LANGUAGE_EN));
        expect_cell(&book, cell);
        expect_cell(&book, "J3|inlineStr|" MARKED "|=1+1.jpg");
        assert_null(strstr(book.cells.data, "4|"));
}

static void test_the_heading_stays_and_filters(void **state _unused_)
{
        _cleanup_workbook_ Workbook book = {};

        (void)fixture_listed_student(FIXTURE_ID);
        make_table(STANDING_TABLE_XLSX, LANGUAGE_ZH, &book);
        expect_cell(&book, "B1|inlineStr|" HEADING "|身份证号");
        assert_non_null(strstr(book.attributes.data, "pane state=frozen\n"));
        assert_non_null(strstr(book.attributes.data, "pane ySplit=1\n"));
        assert_non_null(strstr(book.attributes.data, "autoFilter ref=A1:K2\n"));
        assert_non_null(strstr(book.attributes.data, "sheet name=状态\n"));
}

static void test_the_office_reads_decisions_and_the_warned_first(void **state _unused_)
{
        _cleanup_workbook_ Workbook book = {};
        char cell[256];
        int64_t photo;

        (void)fixture_listed_student(FIXTURE_ID);
        photo = warned(FIXTURE_ID_2, "b.jpg");
        assert_int_equal(catalog_set_photo_decision(fixture.catalog, photo, REASON_HAIR, "a\nb"),
                         0);
        make_table(STANDING_TABLE_OFFICE_XLSX, LANGUAGE_ZH, &book);
        expect_cell(&book, "B2|inlineStr|" MARKED "|" FIXTURE_ID_2);
        expect_cell(&book, "B3|inlineStr|" PLAIN "|" FIXTURE_ID);
        (void)snprintf(cell, sizeof(cell), "K2|inlineStr|" MARKED "|%s",
                       reason_title(REASON_HAIR, LANGUAGE_ZH));
        expect_cell(&book, cell);
        expect_cell(&book, "L2|inlineStr|" MARKED "|a\nb");
}

static void test_the_same_rows_give_the_same_bytes(void **state _unused_)
{
        _cleanup_free_ char *a = NULL, *b = NULL;
        size_t a_size, b_size;
        const Where where = {fixture.batch, fixture.point};

        (void)warned(FIXTURE_ID, "a.jpg");
        assert_int_equal(standings_table(fixture.catalog, STANDING_TABLE_XLSX, where, LANGUAGE_EN,
                                         &a, &a_size),
                         0);
        assert_int_equal(standings_table(fixture.catalog, STANDING_TABLE_XLSX, where, LANGUAGE_EN,
                                         &b, &b_size),
                         0);
        assert_int_equal(a_size, b_size);
        assert_memory_equal(a, b, a_size);
}

static void test_any_text_is_that_text_in_its_cell(void **state _unused_)
{
        static const char *const texts[][2] = {
                {"<&>\"'", "<&>\"'"},
                {"  a ", "  a "},
                {"0012", "0012"},
                {"1E5", "1E5"},
                {"_x0041_", "_x005F_x0041_"},
                {"_x004_", "_x004_"},
                {"\x1b[2J", "?[2J"},
                {"a\tb\nc", "a b\nc"},
                {"\xef\xbf\xbf\xef\xbf\xbe", "??"},
                {"\xff", "?"},
        };
        static const SheetColumn columns[] = {{"heading", 10}};
        _cleanup_sheet_ Sheet sheet = {};
        _cleanup_workbook_ Workbook book = {};
        _cleanup_free_ char *data = NULL;
        size_t size;

        sheet_begin(&sheet, fixture.directory, "a", columns, 1);
        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                sheet_begin_row(&sheet, SHEET_PLAIN);
                sheet_add_text(&sheet, texts[i][0]);
                sheet_end_row(&sheet);
        }
        assert_int_equal(sheet_finish(&sheet, &data, &size), 0);
        read_back(data, size, &book);
        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                char cell[64];

                (void)snprintf(cell, sizeof(cell), "A%zu|inlineStr|" PLAIN "|%s", i + 2,
                               texts[i][1]);
                expect_cell(&book, cell);
        }
}

/* ---- a sheet of its own ---- */

static int make_sheet(const char *folder, size_t rows, char **ret, size_t *ret_size)
{
        static const SheetColumn columns[] = {{"number", 20}, {"name", 10}, {"count", 10}};
        _cleanup_sheet_ Sheet sheet = {};

        sheet_begin(&sheet, folder, "a", columns, ELEMENTSOF(columns));
        for (size_t i = 0; i < rows; i++) {
                sheet_begin_row(&sheet, i % 3 == 0 ? SHEET_MARKED : SHEET_PLAIN);
                sheet_add_text(&sheet, FIXTURE_ID);
                sheet_add_text(&sheet, i % 5 == 0 ? NULL : "<张三> & \"李四\"");
                sheet_add_count(&sheet, i);
                sheet_end_row(&sheet);
        }
        return sheet_finish(&sheet, ret, ret_size);
}

static size_t files_in(const char *folder)
{
        DIR *dir = opendir(folder);
        size_t n = 0;

        assert_non_null(dir);
        while (readdir(dir))
                n++;
        (void)closedir(dir);
        return n - 2; /* . and .. */
}

/* A sheet is refused for want of room or it is the same as where there was room enough. */
static bool makes_it_or_says_so(const char *folder, size_t rows)
{
        _cleanup_free_ char *good = NULL, *data = NULL;
        size_t good_size, size;
        int r = make_sheet(folder, rows, &data, &size);

        if (files_in(folder) != 0)
                return false;
        if (r < 0)
                return r == -ENOSPC;
        return make_sheet(fixture.directory, rows, &good, &good_size) == 0 && size == good_size &&
               memcmp(data, good, size) == 0;
}

static void expect_in_a_process(int (*run)(const char *folder))
{
        _cleanup_path_ char folder[PATH_MAX] = "";
        pid_t pid;
        int status;

        fixture_make_path(folder);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
                _exit(run(folder));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
}

static int with_short_files(const char *folder)
{
        (void)signal(SIGXFSZ, SIG_IGN);
        for (rlim_t limit = 0; limit < 400 * 1024; limit += 7 * 1024 + 13) {
                if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit, RLIM_INFINITY}) < 0)
                        return 1;
                if (!makes_it_or_says_so(folder, 2000))
                        return 2;
        }
        return 0;
}

static void test_a_file_that_may_not_grow_is_told(void **state _unused_)
{
        expect_in_a_process(with_short_files);
}

static int on_a_small_disk(const char *folder)
{
        char *data = NULL;
        size_t size;

        if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "", MS_REC | MS_PRIVATE, "") < 0 ||
            mount("none", folder, "tmpfs", 0, "size=512k") < 0)
                return 1;
        for (size_t rows = 0; rows < 6000; rows = rows * 5 / 4 + 17)
                if (!makes_it_or_says_so(folder, rows))
                        return 2;
        return make_sheet(folder, 6000, &data, &size) == -ENOSPC && files_in(folder) == 0 ? 0 : 3;
}

static void test_a_full_disk_is_told(void **state _unused_)
{
        if (geteuid() != 0) {
                print_message("only root makes a disk of its own\n");
                skip();
        }
        expect_in_a_process(on_a_small_disk);
}

static void *make_some(void *result)
{
        for (int i = 0; i < 20; i++) {
                _cleanup_free_ char *data = NULL;
                size_t size;

                *(int *)result |= make_sheet(fixture.directory, 50, &data, &size);
        }
        return NULL;
}

static void test_threads_make_sheets_at_once(void **state _unused_)
{
        pthread_t threads[4];
        int results[ELEMENTSOF(threads)] = {};

        for (size_t i = 0; i < ELEMENTSOF(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, make_some, &results[i]), 0);
        for (size_t i = 0; i < ELEMENTSOF(threads); i++) {
                assert_int_equal(pthread_join(threads[i], NULL), 0);
                assert_int_equal(results[i], 0);
        }
        assert_int_equal(files_in(fixture.directory), 1); /* the store */
}

static void test_a_sheet_that_is_given_up_leaves_nothing(void **state _unused_)
{
        static const SheetColumn columns[] = {{"heading", 10}};
        Sheet sheet = {};
        size_t before = files_in("/proc/self/fd");

        sheet_begin(&sheet, fixture.directory, "a", columns, 1);
        sheet_begin_row(&sheet, SHEET_PLAIN);
        sheet_add_text(&sheet, "a");
        sheet_done(&sheet);
        assert_int_equal(files_in("/proc/self/fd"), before);
        assert_int_equal(files_in(fixture.directory), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_a_point_has_a_row_for_each_student),
                fixture_test(test_the_heading_stays_and_filters),
                fixture_test(test_the_office_reads_decisions_and_the_warned_first),
                fixture_test(test_the_same_rows_give_the_same_bytes),
                fixture_test(test_any_text_is_that_text_in_its_cell),
                fixture_test(test_a_file_that_may_not_grow_is_told),
                fixture_test(test_a_full_disk_is_told),
                fixture_test(test_threads_make_sheets_at_once),
                fixture_test(test_a_sheet_that_is_given_up_leaves_nothing),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}

#else

int main(void)
{
        print_message("built without libxlsxwriter\n");
        return 77;
}

#endif
