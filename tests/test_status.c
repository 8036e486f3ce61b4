/* SPDX-License-Identifier: MIT */
#include <idphoto/clock.h>
#include <idphoto/view.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A point in the middle of its work; every number differs, so that a mix-up shows. */
static const StatusReason reasons[] = {{REASON_BLUR, 4}, {REASON_TRUNCATED, 3}};
static const StatusEvent events[] = {{1756700000000000000, "IMG_2031.jpg rejected"},
                                     {1756690000000000000, "1 photo accepted"}};
static const StatusModel at_point = {
        .point = "沈阳分校",
        .batch = "202601",
        .counts = {.students = 1000,
                   .by_state = {[REVIEW_MISSING] = 153,
                                [REVIEW_REJECTED] = 58,
                                [REVIEW_PENDING] = 122,
                                [REVIEW_APPROVED] = 633,
                                [REVIEW_LOCKED] = 34},
                   .checking = 5,
                   .rejected_files = 7,
                   .has_roster = true},
        .reasons = reasons,
        .n_reasons = ELEMENTSOF(reasons),
        .events = events,
        .n_events = ELEMENTSOF(events),
        .deadline = "2025-09-15",
        .days_left = 14,
        .workdays_left = 10,
};

static const StatusPoint points[] = {
        {"沈阳分校", {.students = 1000, .by_state = {153, 58, 122, 633, 34}, .rejected_files = 7}},
        {"Dalian", {.students = 5, .by_state = {5}}},
        {"辽宁省朝阳市函授站", {.students = 20, .by_state = {[REVIEW_APPROVED] = 20}}},
};
static const StatusModel at_root = {
        .batch = "202601",
        .counts = {.students = 1025,
                   .by_state = {158, 58, 122, 653, 34},
                   .rejected_files = 7,
                   .has_roster = true},
        .points = points,
        .n_points = ELEMENTSOF(points),
};

static char *render(const StatusModel *model, Language language)
{
        char *text = NULL;
        size_t size;

        assert_int_equal(view_status(model, language, &text, &size), 0);
        assert_int_equal(strlen(text), size);
        assert_true(utf8_valid(text));
        assert_true(text_ends_with(text, "\n"));
        return text;
}

/* The line that holds all of a and b, copied; fails when there is none. */
static char *line_with(const char *text, const char *a, const char *b)
{
        while (*text) {
                size_t n = strcspn(text, "\n");
                char *line = strndup(text, n);

                assert_non_null(line);
                if (strstr(line, a) && strstr(line, b))
                        return line;
                free(line);
                text += n + (text[n] == '\n');
        }
        fail_msg("no line with '%s' and '%s'", a, b);
        return NULL;
}

/* The column in which the last occurrence of `what` ends. */
static size_t end_column(const char *line, const char *what)
{
        const char *found = strstr(line, what);
        _cleanup_free_ char *head = NULL;

        assert_non_null(found);
        head = strndup(line, (size_t)(found - line) + strlen(what));
        assert_non_null(head);
        return text_columns(head);
}

static void test_each_count_stands_beside_its_word(void **state _unused_)
{
        static const struct {
                const char *en, *zh, *count;
        } rows[] = {
                {"students", "学生", "1000"},  {"missing", "未交", "153"},
                {"rejected", "驳回", "58"},    {"pending", "待审", "122"},
                {"approved", "通过", "633"},   {"final", "终审通过", "34"},
                {"rejected", "驳回文件", "7"}, {"checking", "检查中", "5"},
        };
        _cleanup_free_ char *en = render(&at_point, LANGUAGE_EN);
        _cleanup_free_ char *zh = render(&at_point, LANGUAGE_ZH);

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                char e[32], z[32];
                _cleanup_free_ char *el = NULL, *zl = NULL;

                (void)snprintf(e, sizeof(e), "  %s ", rows[i].en);
                (void)snprintf(z, sizeof(z), "  %s ", rows[i].zh);
                el = line_with(en, e, rows[i].count);
                zl = line_with(zh, z, rows[i].count);
                /* Counts end in one column, whatever the script. */
                assert_int_equal(end_column(el, rows[i].count), 2 + 9 + 8);
                assert_int_equal(end_column(zl, rows[i].count), 2 + 9 + 8);
        }
}

static void test_headline_tells_how_far(void **state _unused_)
{
        _cleanup_free_ char *en = render(&at_point, LANGUAGE_EN);
        _cleanup_free_ char *zh = render(&at_point, LANGUAGE_ZH);

        assert_non_null(strstr(en, "789 of 1000 students have an accepted photo (78%)"));
        assert_non_null(strstr(zh, "1000 名学生中有 789 名已有合格照片（78%）"));
        assert_true(text_starts_with(en, "沈阳分校, batch 202601\n"));
}

static void test_hundred_percent_means_all(void **state _unused_)
{
        StatusModel model = {
                .point = "P",
                .counts = {.students = 100000,
                           .by_state = {[REVIEW_MISSING] = 1, [REVIEW_APPROVED] = 99999},
                           .has_roster = true}};
        _cleanup_free_ char *text = render(&model, LANGUAGE_EN);

        assert_non_null(strstr(text, "(99%)"));
}

static void test_deadline_counts_the_days(void **state _unused_)
{
        static const struct {
                int64_t days;
                const char *en, *zh;
        } cases[] = {
                {14, "14 days left, 10 of them working days.", "还有 14 天（其中工作日 10 天）。"},
                {1, "1 day left", "还有 1 天"},
                {0, "The last day is today, 2025-09-15.", "2025-09-15（今天）。"},
                {-3, "(days since then: 3)", "已过 3 天"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                StatusModel model = at_point;
                _cleanup_free_ char *en = NULL, *zh = NULL;

                model.days_left = cases[i].days;
                en = render(&model, LANGUAGE_EN);
                zh = render(&model, LANGUAGE_ZH);
                assert_non_null(strstr(en, cases[i].en));
                assert_non_null(strstr(zh, cases[i].zh));
                assert_non_null(strstr(en, "2025-09-15"));
        }
}

static void test_without_deadline_none_is_shown(void **state _unused_)
{
        _cleanup_free_ char *text = render(&at_root, LANGUAGE_EN);

        assert_null(strstr(text, "last day"));
}

static void test_what_to_do_names_the_folders(void **state _unused_)
{
        _cleanup_free_ char *en = render(&at_point, LANGUAGE_EN);
        _cleanup_free_ char *zh = render(&at_point, LANGUAGE_ZH);

        assert_non_null(strstr(en, "Rejected files: 7. Look into rejected/"));
        assert_non_null(strstr(en, "photo: 211 (153 missing, 58 rejected)."));
        assert_non_null(strstr(zh, "7 个文件被驳回：请查看“驳回”文件夹"));
        assert_non_null(strstr(zh, "211 名学生没有合格照片（未交 153 名，驳回 58 名）"));
}

static void test_finished_point_has_nothing_to_do(void **state _unused_)
{
        StatusModel model = {
                .point = "P",
                .counts = {.students = 3, .by_state = {[REVIEW_APPROVED] = 3}, .has_roster = true}};
        _cleanup_free_ char *en = render(&model, LANGUAGE_EN);
        _cleanup_free_ char *zh = render(&model, LANGUAGE_ZH);

        assert_non_null(strstr(en, "Nothing: every student has an accepted photo."));
        assert_non_null(strstr(en, "(100%)"));
        assert_non_null(strstr(zh, "全部学生都有合格照片"));
}

/* Six of the six that sent something are not all. */
static void test_without_a_roster_nothing_is_complete(void **state _unused_)
{
        StatusModel model = {.point = "P",
                             .counts = {.students = 6, .by_state = {[REVIEW_APPROVED] = 6}}};
        _cleanup_free_ char *en = render(&model, LANGUAGE_EN);
        _cleanup_free_ char *zh = render(&model, LANGUAGE_ZH);

        assert_null(strchr(en, '%'));
        assert_null(strchr(zh, '%'));
        assert_null(strstr(en, "every student"));
        assert_null(strstr(zh, "全部学生"));
        assert_non_null(strstr(en, "with an accepted photo: 6. Without a roster"));
        assert_non_null(strstr(zh, "尚未导入名册，无法得知还有谁未交"));
}

static void test_empty_point_says_how_to_begin(void **state _unused_)
{
        StatusModel model = {.point = "P"};
        _cleanup_free_ char *en = render(&model, LANGUAGE_EN);

        assert_non_null(strstr(en, "No students and no photos yet."));
        assert_non_null(strstr(en, "ID number"));
}

static void test_reasons_and_events_are_listed(void **state _unused_)
{
        _cleanup_free_ char *text = render(&at_point, LANGUAGE_EN);
        char when[WALL_TEXT_MAX];
        _cleanup_free_ char *blur = line_with(text, "4", reason_title(REASON_BLUR, LANGUAGE_EN));
        _cleanup_free_ char *name =
                line_with(text, "3", reason_title(REASON_TRUNCATED, LANGUAGE_EN));
        _cleanup_free_ char *event =
                line_with(text, "IMG_2031.jpg rejected", wall_to_text(events[0].wall_nsec, when));

        assert_true(strstr(text, blur) < strstr(text, name));
        assert_true(strstr(text, "IMG_2031") < strstr(text, "1 photo accepted"));
        assert_non_null(event);
}

static void test_root_table_lines_up(void **state _unused_)
{
        for (int l = 0; l < _LANGUAGE_MAX; l++) {
                _cleanup_free_ char *text = render(&at_root, (Language)l);
                const char *names[] = {"沈阳分校", "Dalian", "辽宁省朝阳市函授站"};
                _cleanup_free_ char *head = line_with(text, l ? "  教学点 " : "  teaching point ",
                                                      l ? "学生" : "students");
                size_t width = text_columns(head);

                for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                        _cleanup_free_ char *line = line_with(text, names[i], " ");

                        assert_int_equal(text_columns(line), width);
                }
        }
}

static void test_root_table_shows_each_number(void **state _unused_)
{
        _cleanup_free_ char *text = render(&at_root, LANGUAGE_EN);
        _cleanup_free_ char *line = line_with(text, "沈阳分校", "1000");
        unsigned students, of[_REVIEW_STATE_MAX], files;

        assert_int_equal(sscanf(strstr(line, "校") + strlen("校"), "%u %u %u %u %u %u %u",
                                &students, &of[0], &of[1], &of[2], &of[3], &of[4], &files),
                         7);
        assert_int_equal(students, 1000);
        assert_int_equal(of[REVIEW_MISSING], 153);
        assert_int_equal(of[REVIEW_REJECTED], 58);
        assert_int_equal(of[REVIEW_PENDING], 122);
        assert_int_equal(of[REVIEW_APPROVED], 633);
        assert_int_equal(of[REVIEW_LOCKED], 34);
        assert_int_equal(files, 7);
}

static void test_root_table_ends_with_the_sum(void **state _unused_)
{
        _cleanup_free_ char *text = render(&at_root, LANGUAGE_EN);
        _cleanup_free_ char *line = line_with(text, "  all ", "1025");

        assert_non_null(strstr(line, " 653 "));
}

static void test_lines_are_not_too_long(void **state _unused_)
{
        const StatusModel *models[] = {&at_point, &at_root};

        for (size_t m = 0; m < ELEMENTSOF(models); m++)
                for (int l = 0; l < _LANGUAGE_MAX; l++) {
                        _cleanup_free_ char *text = render(models[m], (Language)l);

                        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
                                if (text_columns(line) > 100)
                                        fail_msg("%s", line);
                }
}

static void test_names_cannot_break_lines(void **state _unused_)
{
        static const StatusEvent evil[] = {{0, "a\nb\x1b[2J"}};
        StatusModel model = {.point = "P\nQ", .batch = "\x1b", .events = evil, .n_events = 1};
        _cleanup_free_ char *text = render(&model, LANGUAGE_EN);

        assert_null(strstr(text, "P\nQ"));
        assert_null(strchr(text, '\x1b'));
        assert_non_null(strstr(text, "a?b?[2J"));
}

static void test_a_closed_batch_says_so_first(void **state _unused_)
{
        StatusModel closed = at_point;
        _cleanup_free_ char *open = render(&at_point, LANGUAGE_EN);

        closed.closed = true;
        for (int language = 0; language < _LANGUAGE_MAX; language++) {
                _cleanup_free_ char *text = render(&closed, (Language)language);
                const char *said = strstr(text, language == LANGUAGE_ZH ? "本批次已关闭"
                                                                        : "This batch is closed");

                assert_non_null(said);
                assert_ptr_equal(said, strchr(text, '\n') + 1);
        }
        assert_null(strstr(open, "closed"));
}

static void test_a_full_disk_is_told(void **state _unused_)
{
        StatusModel full = at_point;
        _cleanup_free_ char *open = render(&at_point, LANGUAGE_ZH), *en = NULL, *zh = NULL;

        full.disk_full = true;
        en = render(&full, LANGUAGE_EN);
        zh = render(&full, LANGUAGE_ZH);
        assert_non_null(strstr(en, "\nThe disk is full: no photo can be sent for now."));
        assert_non_null(strstr(zh, "\n磁盘已满，暂时不能提交照片"));
        assert_null(strstr(open, "磁盘"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each_count_stands_beside_its_word),
                cmocka_unit_test(test_headline_tells_how_far),
                cmocka_unit_test(test_hundred_percent_means_all),
                cmocka_unit_test(test_deadline_counts_the_days),
                cmocka_unit_test(test_without_deadline_none_is_shown),
                cmocka_unit_test(test_what_to_do_names_the_folders),
                cmocka_unit_test(test_finished_point_has_nothing_to_do),
                cmocka_unit_test(test_without_a_roster_nothing_is_complete),
                cmocka_unit_test(test_empty_point_says_how_to_begin),
                cmocka_unit_test(test_reasons_and_events_are_listed),
                cmocka_unit_test(test_root_table_lines_up),
                cmocka_unit_test(test_a_closed_batch_says_so_first),
                cmocka_unit_test(test_a_full_disk_is_told),
                cmocka_unit_test(test_root_table_shows_each_number),
                cmocka_unit_test(test_root_table_ends_with_the_sum),
                cmocka_unit_test(test_lines_are_not_too_long),
                cmocka_unit_test(test_names_cannot_break_lines),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
