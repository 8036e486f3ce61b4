/* SPDX-License-Identifier: MIT */
#include "config/key.h"
#include "config/value.h"

#include <idphoto/io.h>
#include <idphoto/workdays.h>

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static int parse(const char *text, Config *ret, ConfigProblem *problem)
{
        return config_parse(text, strlen(text), ret, problem);
}

static Config parse_good(const char *text)
{
        ConfigProblem problem;
        Config config;
        int r = parse(text, &config, &problem);

        if (r == -EBADMSG) {
                _cleanup_free_ char *sentence = NULL;

                assert_int_equal(config_problem_text(&problem, "x", LANGUAGE_EN, &sentence), 0);
                fail_msg("refused: %s", sentence);
        }
        assert_int_equal(r, 0);
        return config;
}

/* Doubles, so that -0 and 0 are the same and no padding counts. */
static bool bands_equal(const PhotoBand *a, const PhotoBand *b)
{
        return a->warn_min == b->warn_min && a->warn_max == b->warn_max &&
               a->reject_min == b->reject_min && a->reject_max == b->reject_max;
}

static void assert_configs_equal(const Config *a, const Config *b)
{
        const PhotoRules *x = &a->rules, *y = &b->rules;

        assert_int_equal(x->max_file_bytes, y->max_file_bytes);
        assert_int_equal(x->max_pixels, y->max_pixels);
        assert_int_equal(x->max_memory_bytes, y->max_memory_bytes);
        assert_int_equal(x->max_scan_pixels, y->max_scan_pixels);
        assert_int_equal(x->max_scans, y->max_scans);
        assert_true(x->max_aspect_error == y->max_aspect_error);
        assert_int_equal(x->framing, y->framing);
        assert_int_equal(x->output_quality_min, y->output_quality_min);
        assert_int_equal(x->output_bytes_min, y->output_bytes_min);
        assert_int_equal(x->output_bytes_max, y->output_bytes_max);
        assert_int_equal(x->n_backdrops, y->n_backdrops);
        assert_memory_equal(x->backdrops, y->backdrops, sizeof(x->backdrops));
        for (int i = 0; i < _PHOTO_MEASURE_MAX; i++)
                if (!bands_equal(&x->bands[i], &y->bands[i]))
                        fail_msg("band '%s' differs", photo_measure_to_string((PhotoMeasure)i));
        assert_int_equal(a->delay_msec, b->delay_msec);
        assert_int_equal(a->settle_msec, b->settle_msec);
        assert_int_equal(a->settle_empty_msec, b->settle_empty_msec);
        assert_int_equal(a->max_open_uploads, b->max_open_uploads);
        assert_int_equal(a->max_temporary_files, b->max_temporary_files);
        assert_int_equal(a->max_open_files, b->max_open_files);
        assert_int_equal(a->max_staged_bytes, b->max_staged_bytes);
        assert_int_equal(a->max_time_msec, b->max_time_msec);
        assert_int_equal(a->list_memory_bytes, b->list_memory_bytes);
        assert_int_equal(a->list_time_msec, b->list_time_msec);
        assert_int_equal(a->max_archive_bytes, b->max_archive_bytes);
        assert_int_equal(a->max_archive_files, b->max_archive_files);
        assert_int_equal(a->max_archive_content, b->max_archive_content);
        assert_int_equal(a->archive_memory_bytes, b->archive_memory_bytes);
        assert_int_equal(a->archive_time_msec, b->archive_time_msec);
        assert_int_equal(a->workers, b->workers);
        assert_int_equal(date_compare(a->deadline, b->deadline), 0);
        assert_string_equal(a->holidays, b->holidays);
        assert_int_equal(a->check_days, b->check_days);
        assert_int_equal(a->paper_days, b->paper_days);
        assert_string_equal(a->centre.address, b->centre.address);
        assert_string_equal(a->centre.hours, b->centre.hours);
        assert_string_equal(a->centre.telephone, b->centre.telephone);
        assert_string_equal(a->centre.fee, b->centre.fee);
}

/* "[section]\nkey = value\n" */
static void make_line(const ConfigKey *key, const char *value, char *buf, size_t size)
{
        (void)snprintf(buf, size, "[%s]\n%s = %s\n", config_section_to_string(key->section),
                       key->name, value);
}

/* Takes the # from every "#key = value". */
static void uncomment(char *text)
{
        char *to = text;

        for (char *p = text; *p;) {
                size_t n = strcspn(p, "\n");
                bool key = p[0] == '#' && p[1] >= 'a' && p[1] <= 'z';

                n += p[n] == '\n';
                memmove(to, p + key, n - key);
                to += n - key;
                p += n;
        }
        *to = '\0';
}

/* ---- the table ---- */

static void test_every_key_is_found_by_its_name(void **state _unused_)
{
        ConfigKey key;

        for (int i = 0; i < CONFIG_KEYS; i++) {
                config_key_get(i, &key);
                assert_int_equal(config_key_find(key.name), i);
        }
        assert_int_equal(config_key_find("crwon"), -ENOENT);
        assert_int_equal(config_key_find(""), -ENOENT);
}

/* A new field of the rules wants a key. Between fields may lie padding, up to the next eight bytes.
 */
static void test_every_field_has_a_key(void **state _unused_)
{
        bool covered[sizeof(Config)] = {};
        ConfigKey key;
        size_t run = 0;

        for (int i = 0; i < CONFIG_KEYS; i++) {
                config_key_get(i, &key);
                for (size_t j = 0; j < key.width; j++)
                        covered[key.offset + j] = true;
                if (key.kind == CONFIG_KIND_COLOURS) {
                        memset(covered + offsetof(Config, rules.n_backdrops), true, sizeof(size_t));
                        memset(covered + offsetof(Config, rules.backdrops), true,
                               sizeof(((Config *)NULL)->rules.backdrops));
                }
        }
        for (size_t i = 0; i < sizeof(Config); i++) {
                run = covered[i] ? 0 : run + 1;
                if (run > 0 && (i - run + 1) % sizeof(uint64_t) == 0)
                        fail_msg("nothing sets the field at byte %zu", i);
        }
}

static void test_every_section_has_its_name_and_help(void **state _unused_)
{
        for (int i = 0; i < _CONFIG_SECTION_MAX; i++) {
                const char *name = config_section_to_string((ConfigSection)i);

                assert_int_equal(config_section_from_string(name), i);
                for (int l = 0; l < _LANGUAGE_MAX; l++)
                        assert_true(*config_section_help((ConfigSection)i, (Language)l));
        }
        assert_null(config_section_to_string(_CONFIG_SECTION_MAX));
        assert_int_equal(config_section_from_string("pictures"), _CONFIG_SECTION_INVALID);
}

static void test_every_key_says_what_it_does_in_both_languages(void **state _unused_)
{
        ConfigKey key;

        for (int i = 0; i < CONFIG_KEYS; i++) {
                config_key_get(i, &key);
                for (int l = 0; l < _LANGUAGE_MAX; l++)
                        if (!*key.help[l])
                                fail_msg("'%s' has no help", key.name);
        }
}

static void test_every_default_lies_in_its_range(void **state _unused_)
{
        Config defaults, config;
        ConfigKey key;

        config_default(&defaults);
        for (int i = 0; i < CONFIG_KEYS; i++) {
                _cleanup_text_ Text value = {};

                config_key_get(i, &key);
                config_value_append(&key, &defaults, &value);
                text_append(&value, "");
                config = defaults;
                if (config_value_parse(&key, value.data ? value.data : "", &config) != 0)
                        fail_msg("'%s = %s' is refused", key.name, value.data);
        }
}

/* ---- defaults ---- */

static void test_defaults_are_those_of_the_rules(void **state _unused_)
{
        Config config, expected;

        config_default(&expected);
        photo_rules_default(&expected.rules);
        config = parse_good("");
        assert_configs_equal(&config, &expected);
        assert_int_equal(config.delay_msec, 600);
        assert_int_equal(config.settle_msec, 5000);
        assert_int_equal(config.settle_empty_msec, 600000);
}

static void test_the_default_file_is_the_defaults_commented_or_not(void **state _unused_)
{
        Config defaults, config;

        config_default(&defaults);
        for (int l = 0; l < _LANGUAGE_MAX; l++) {
                _cleanup_text_ Text text = {};

                config_format(&defaults, (Language)l, &text);
                assert_int_equal(text.error, 0);
                config = parse_good(text.data);
                assert_configs_equal(&config, &defaults);
                uncomment(text.data);
                assert_non_null(strstr(text.data, "\ncrown = warn 50..110, reject 42..118\n"));
                config = parse_good(text.data);
                assert_configs_equal(&config, &defaults);
        }
}

static void test_the_default_file_names_every_key_in_lines_that_fit(void **state _unused_)
{
        Config defaults;
        ConfigKey key;

        config_default(&defaults);
        for (int l = 0; l < _LANGUAGE_MAX; l++) {
                _cleanup_text_ Text text = {};
                char *save = NULL, line[64];

                config_format(&defaults, (Language)l, &text);
                for (int i = 0; i < CONFIG_KEYS; i++) {
                        config_key_get(i, &key);
                        (void)snprintf(line, sizeof(line), "\n#%s =", key.name);
                        assert_non_null(strstr(text.data, line));
                }
                for (char *p = strtok_r(text.data, "\n", &save); p; p = strtok_r(NULL, "\n", &save))
                        if (text_columns(p) > 90)
                                fail_msg("too wide: %s", p);
        }
}

/* ---- round trips ---- */

/* For every kind, a value that is no key's default. */
static const char *other_value(const ConfigKey *key, char buf[static 64])
{
        const double third = key->min + (key->max - key->min) / 3;

        switch (key->kind) {
        case CONFIG_KIND_COUNT:
                (void)snprintf(buf, 64, "%.0f", third);
                return buf;
        case CONFIG_KIND_SIZE:
                (void)snprintf(buf, 64, "%.0f bytes", MAX(key->min + 1, 30001.0));
                return buf;
        case CONFIG_KIND_TIME:
                (void)snprintf(buf, 64, "%.0f ms", third);
                return buf;
        case CONFIG_KIND_PERCENT:
                return "2.5 %";
        case CONFIG_KIND_FORMATS:
                return "jpeg";
        case CONFIG_KIND_FRAMING:
                return "check";
        case CONFIG_KIND_COLOURS:
                return "#010203, #FFfE0a";
        case CONFIG_KIND_BAND:
                (void)snprintf(buf, 64, "warn %.3f..%.3f, reject ..%.3f", third, third, key->max);
                return buf;
        case CONFIG_KIND_DATE:
                return "2028-02-29";
        case CONFIG_KIND_CATALOG:
                return "postgresql://idphoto@/photos";
        case CONFIG_KIND_DIRECTORY:
                return "/mnt/photos";
        case CONFIG_KIND_NAME:
                return "gw-1.example";
        case CONFIG_KIND_TEXT:
                return "皇姑区 1 号 = #2";
        default:
                fail();
                return "";
        }
}

static void test_a_directory_and_a_machine_s_name_are_what_they_must_be(void **state _unused_)
{
        static const struct {
                const char *line;
                bool good;
        } cases[] = {
                {"blobs = /mnt/照片 1", true}, {"blobs =", true},
                {"blobs = mnt/photos", false}, {"blobs = s3://photos", false},
                {"gateway = gw_1.a-b", true},  {"gateway =", true},
                {"gateway = gw/1", false},     {"gateway = .gw", false},
                {"gateway = 网关", false},     {"gateway = gw 1", false},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                ConfigProblem problem;
                Config config;
                char text[128];
                int r;

                (void)snprintf(text, sizeof(text), "[store]\n%s\n", cases[i].line);
                r = config_parse(text, strlen(text), &config, &problem);
                if ((r == 0) != cases[i].good)
                        fail_msg("'%s': %d", cases[i].line, r);
                if (r < 0)
                        assert_int_equal(problem.fault, CONFIG_FAULT_VALUE);
        }
}

static void test_every_key_round_trips(void **state _unused_)
{
        Config defaults, config, again;
        char line[256], buf[64];
        ConfigKey key;

        config_default(&defaults);
        for (int i = 0; i < CONFIG_KEYS; i++) {
                _cleanup_text_ Text text = {}, before = {}, after = {};

                config_key_get(i, &key);
                make_line(&key, other_value(&key, buf), line, sizeof(line));
                config = parse_good(line);
                config_value_append(&key, &defaults, &before);
                config_value_append(&key, &config, &after);
                if (before.data && strcmp(before.data, after.data) == 0)
                        fail_msg("'%s' was not set", key.name);
                config_format(&config, LANGUAGE_EN, &text);
                (void)snprintf(line, sizeof(line), "\n%s = %s\n", key.name, after.data);
                assert_non_null(strstr(text.data, line));
                again = parse_good(text.data);
                assert_configs_equal(&config, &again);
        }
}

static void test_odd_values_round_trip(void **state _unused_)
{
        static const char *const files[] = {
                "[centre]\nfee =;x\n",
                "[centre]\nfee = a;b=c#[d]\n",
                "[picture]\nhue-concentration = warn ..0.00000000000001\n",
                "[picture]\nsharpness = warn 99999.9999999999..100000\n",
                "[picture]\ncrown = warn -0..0.1\n",
                "[input]\naspect-error = 7 %\nmax-scan-pixels = 99999999999\n",
                "[input]\naspect-error = 0.00000000001 %\n",
                "[upload]\ndelay = 0 h\nsettle = 61 s\n",
        };

        for (size_t i = 0; i < ELEMENTSOF(files); i++) {
                Config config = parse_good(files[i]), again;
                _cleanup_text_ Text text = {};

                config_format(&config, LANGUAGE_ZH, &text);
                again = parse_good(text.data);
                assert_configs_equal(&config, &again);
        }
        assert_string_equal(parse_good(files[0]).centre.fee, ";x");
}

static void test_both_ends_of_every_range_are_taken_and_nothing_beyond(void **state _unused_)
{
        Config config;
        ConfigKey key;
        char buf[64];

        config_default(&config);
        for (int i = 0; i < CONFIG_KEYS; i++) {
                static const char *const units[_CONFIG_KIND_MAX] = {
                        [CONFIG_KIND_COUNT] = "",  [CONFIG_KIND_SIZE] = "bytes",
                        [CONFIG_KIND_TIME] = "ms", [CONFIG_KIND_PERCENT] = "%",
                        [CONFIG_KIND_BAND] = "..",
                };

                config_key_get(i, &key);
                if (!units[key.kind])
                        continue;
                for (int step = -1; step <= 1; step++) {
                        double low = key.min + step, high = key.max + step;

                        (void)snprintf(buf, sizeof(buf), "%s%.0f %s",
                                       key.kind == CONFIG_KIND_BAND ? "warn " : "", low,
                                       units[key.kind]);
                        assert_int_equal(config_value_parse(&key, buf, &config),
                                         low < key.min ? -EINVAL : 0);
                        (void)snprintf(buf, sizeof(buf), "%s%.0f %s",
                                       key.kind == CONFIG_KIND_BAND ? "warn " : "", high,
                                       units[key.kind]);
                        assert_int_equal(config_value_parse(&key, buf, &config),
                                         high > key.max ? -EINVAL : 0);
                }
        }
}

/* ---- values ---- */

static void test_units_are_understood(void **state _unused_)
{
        Config config = parse_good("[upload]\nsettle = 1.5 min\ndelay=0 ms\nsettle-empty = 2h\n"
                                   "[input]\nmax-file-size = 30 MB\nmax-pixels = 12.5 million\n"
                                   "max-memory = 1GiB\n"
                                   "[output]\nmin-size = 10 kB\nmax-size = 64 KiB\n");

        assert_int_equal(config.settle_msec, 90000);
        assert_int_equal(config.delay_msec, 0);
        assert_int_equal(config.settle_empty_msec, 7200000);
        assert_int_equal(config.rules.max_file_bytes, 30000000);
        assert_int_equal(config.rules.max_pixels, 12500000);
        assert_int_equal(config.rules.max_memory_bytes, 1 << 30);
        assert_int_equal(config.rules.output_bytes_min, 10000);
        assert_int_equal(config.rules.output_bytes_max, 65536);
}

static void test_bands_in_all_their_forms(void **state _unused_)
{
        static const struct {
                const char *text;
                PhotoBand band;
        } cases[] = {
                {"warn 50..110, reject 42..118", {50, 110, 42, 118}},
                {"reject 42..118,warn 50..110", {50, 110, 42, 118}},
                {"warn 50 .. 110", {50, 110, -INFINITY, INFINITY}},
                {"warn 50..", {50, INFINITY, -INFINITY, INFINITY}},
                {"reject ..118", {-INFINITY, INFINITY, -INFINITY, 118}},
                {"warn..110,reject..118", {-INFINITY, 110, -INFINITY, 118}},
                {"warn 50.5..50.5", {50.5, 50.5, -INFINITY, INFINITY}},
                {"warn 50.., reject ..118", {50, INFINITY, -INFINITY, 118}},
                {"warn 42..118, reject 42..118", {42, 118, 42, 118}},
                {"off", {-INFINITY, INFINITY, -INFINITY, INFINITY}},
                {"warn-only", {50, 110, -INFINITY, INFINITY}},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char line[128];
                Config config;

                (void)snprintf(line, sizeof(line), "[picture]\ncrown = %s\n", cases[i].text);
                config = parse_good(line);
                if (!bands_equal(&config.rules.bands[PHOTO_MEASURE_CROWN], &cases[i].band))
                        fail_msg("'%s' is read wrongly", cases[i].text);
        }
}

static void test_warn_only_turns_a_rejection_into_a_warning(void **state _unused_)
{
        Config config = parse_good("[picture]\nchroma = warn-only\n");
        Findings findings = {};
        const Finding *f = photo_measure_judge(&config.rules, PHOTO_MEASURE_CHROMA, 1, &findings);

        assert_non_null(f);
        assert_int_equal(f->level, FINDING_WARN);
        assert_null(photo_measure_judge(&config.rules, PHOTO_MEASURE_CHROMA, 4, &findings));
}

static void test_off_silences_a_measure(void **state _unused_)
{
        Config config = parse_good("[picture]\ncrown = off\n");
        Findings findings = {};

        assert_null(photo_measure_judge(&config.rules, PHOTO_MEASURE_CROWN, 0, &findings));
        assert_null(photo_measure_judge(&config.rules, PHOTO_MEASURE_CROWN, 640, &findings));
}

static void test_full_width_is_as_good_as_half_width(void **state _unused_)
{
        Config config = parse_good("[picture]\ncrown = warn ５０..１１０，reject ４２..118\n"
                                   "backdrops = ＃010203，＃FFFFFF\n"
                                   "[input]\naspect-error = ２％\n[centre]\nfee = ２０元，现金\n");

        assert_true(bands_equal(&config.rules.bands[PHOTO_MEASURE_CROWN],
                                &(PhotoBand){50, 110, 42, 118}));
        assert_int_equal(config.rules.n_backdrops, 2);
        assert_true(config.rules.max_aspect_error == 0.02);
        assert_string_equal(config.centre.fee, "２０元，现金");
}

static void test_colours_replace_the_default_ones(void **state _unused_)
{
        Config config = parse_good("[picture]\nbackdrops = #0a0B0c ,  #FFFFFF\n");

        assert_int_equal(config.rules.n_backdrops, 2);
        assert_memory_equal(config.rules.backdrops[0], "\x0a\x0b\x0c", 3);
        assert_memory_equal(config.rules.backdrops[1], "\xff\xff\xff", 3);
}

static void test_the_longest_text_fits(void **state _unused_)
{
        char text[CONFIG_TEXT_SIZE + 1], line[512];
        Config config;
        ConfigKey key;

        memset(text, 'a', sizeof(text));
        text[CONFIG_TEXT_SIZE - 1] = '\0';
        config_default(&config);
        config_key_get(config_key_find("fee"), &key);
        assert_int_equal(config_value_parse(&key, text, &config), 0);
        assert_string_equal(config.centre.fee, text);
        text[CONFIG_TEXT_SIZE - 1] = 'a';
        text[CONFIG_TEXT_SIZE] = '\0';
        assert_int_equal(config_value_parse(&key, text, &config), -EINVAL);
        make_line(&key, "1 元", line, sizeof(line));
        config = parse_good(line);
        assert_string_equal(config.centre.fee, "1 元");
}

/* ---- files as editors write them ---- */

static void test_editors_habits_are_no_mistakes(void **state _unused_)
{
        static const char *const files[] = {
                "\xef\xbb\xbf[upload]\nsettle = 7 s\n",
                "[upload]\r\nsettle = 7 s\r\n",
                "[upload]\nsettle = 7 s",
                "  [upload]\n\t settle\t=\t7 s\t \n\n\n",
                "# 注释\n; another\n[upload]\n# [nothing]\nsettle = 7 s ; why\n",
                "[upload]\nsettle: 7 s\n",
                "[upload]\n[picture]\n[upload]\nsettle=7 s\n",
        };

        for (size_t i = 0; i < ELEMENTSOF(files); i++)
                assert_int_equal(parse_good(files[i]).settle_msec, 7000);
}

static void test_a_comment_may_be_of_any_length(void **state _unused_)
{
        _cleanup_text_ Text text = {};

        text_append(&text, "#");
        for (int i = 0; i < 2000; i++)
                text_append(&text, "注释");
        text_append(&text, "\n[upload]\nsettle = 7 s\n");
        assert_int_equal(parse_good(text.data).settle_msec, 7000);
}

/* ---- mistakes ---- */

static const struct {
        const char *file;
        const char *sentence; /* in English, after "x" */
} mistakes[] = {
        {"[store]\ncatalog = photos\n",
         ", line 2: 'catalog': the catalog must be named by a URL such "
         "as postgresql://idphoto@/photos"},
        {"[store]\ncatalog = postgresql://idphoto:secret@db1/photos\n",
         ", line 2: 'catalog': the URL of the catalog must not hold a password; put it into a passfile "
         "of mode 0600 and name that in the URL, or use a client certificate"},
        {"[store]\ncatalog = postgresql://db1/photos\n",
         ", line 2: 'catalog': the catalog is on another machine, so its URL needs "
         "sslmode=verify-full"},
        {"settle = 5 s\n", ", line 1: 'settle' stands before the first '[section]'"},
        {"\n\n[uplaod]\n", ", line 3: there is no section '[uplaod]', only [upload] [input] "
                           "[output] [picture] [batch] [centre] [office] [points] [store]"},
        {"[upload\nsettle = 5 s\n", ", line 1: '[upload' is neither 'key = value' nor '[section]'"},
        {"[upload]\nsettle\n", ", line 2: 'settle' is neither 'key = value' nor '[section]'"},
        {"[upload]\nsettle\ndelay = x\n",
         ", line 2: 'settle' is neither 'key = value' nor '[section]'"},
        {"[upload]\nsetle = 5 s\n", ", line 2: there is no key 'setle', did you mean 'settle'?"},
        {"[upload]\nSettle = 5 s\n", ", line 2: there is no key 'Settle', did you mean 'settle'?"},
        {"[upload]\nfrobnicate = 5 s\n",
         ", line 2: there is no key 'frobnicate'; 'idphotoctl config show' lists them all"},
        {"[input]\nsettle = 5 s\n", ", line 2: 'settle' belongs in the section [upload]"},
        {"[upload]\nsettle = 5 s\n#\nsettle = 5 s\n",
         ", line 4: 'settle' is already set in line 2"},
        {"[upload]\nsettle = 5 s\n settle = 6 s\n", ", line 3: 'settle' is already set in line 2"},
        {"[upload]\nsettle = 5\n",
         ", line 2: 'settle' takes a time from 0 ms to 1 h (units: ms s min h), not '5'"},
        {"[upload]\nsettle = 2 h\n",
         ", line 2: 'settle' takes a time from 0 ms to 1 h (units: ms s min h), not '2 h'"},
        {"[upload]\nsettle =\n",
         ", line 2: 'settle' takes a time from 0 ms to 1 h (units: ms s min h), not ''"},
        {"[upload]\nworkers = 257\n",
         ", line 2: 'workers' takes a whole number from 0 to 256, not '257'"},
        {"[upload]\nworkers = 1.5\n",
         ", line 2: 'workers' takes a whole number from 0 to 256, not '1.5'"},
        {"[input]\nmax-file-size = 20 KB\n",
         ", line 2: 'max-file-size' takes a size from 1 MiB to 256 MiB (units: bytes kB MB KiB MiB "
         "GiB), not '20 KB'"},
        {"[input]\naspect-error = 0.01\n",
         ", line 2: 'aspect-error' takes a percentage from 0 % to 10 %, not '0.01'"},
        {"[picture]\nframing = yes\n", ", line 2: 'framing' takes 'auto' or 'check', not 'yes'"},
        {"[picture]\nbackdrops =\n",
         ", line 2: 'backdrops' takes 1 to 8 colours such as #64C5FF #FFFFFF, not ''"},
        {"[batch]\ndeadline = 2027-02-29\n",
         ", line 2: 'deadline' takes a date such as 2026-05-31, or nothing, not '2027-02-29'"},
        {"[picture]\ncrown = warn 110..50\n",
         ", line 2: 'crown = warn 110..50' contradicts itself: the range of 'warn' must lie within "
         "that of 'reject', and something must pass"},
        {"[output]\nmax-size = 21 kB\n\nmin-size = 22 kB\n",
         ", line 4: 'min-size' must be smaller than 'max-size'"},
        {"[output]\nmin-size = 40000\n", ", line 2: 'min-size' must be smaller than 'max-size'"},
        {"[centre]\naddress = \xff\n",
         ", line 2: the line is not UTF-8 text, or holds control characters"},
        {"[centre]\n# \xe7\x9a\n",
         ", line 2: the line is not UTF-8 text, or holds control characters"},
        {"[centre]\naddress = \033[2J\n",
         ", line 2: the line is not UTF-8 text, or holds control characters"},
        {"[centre]\raddress = x\n",
         ", line 1: the line is not UTF-8 text, or holds control characters"},
};

static void test_each_mistake_is_named_with_its_line(void **state _unused_)
{
        for (size_t i = 0; i < ELEMENTSOF(mistakes); i++) {
                _cleanup_free_ char *sentence = NULL;
                ConfigProblem problem;
                Config config;

                if (parse(mistakes[i].file, &config, &problem) != -EBADMSG)
                        fail_msg("taken: %s", mistakes[i].file);
                assert_int_equal(config_problem_text(&problem, "x", LANGUAGE_EN, &sentence), 0);
                assert_string_equal(sentence + 1, mistakes[i].sentence);
        }
}

static void test_each_mistake_is_named_in_chinese_too(void **state _unused_)
{
        for (size_t i = 0; i < ELEMENTSOF(mistakes); i++) {
                _cleanup_free_ char *sentence = NULL;
                ConfigProblem problem;
                Config config;
                char expected[64];

                assert_int_equal(parse(mistakes[i].file, &config, &problem), -EBADMSG);
                assert_int_equal(config_problem_text(&problem, "x", LANGUAGE_ZH, &sentence), 0);
                (void)snprintf(expected, sizeof(expected), "x，第 %u 行：", problem.line);
                assert_true(text_starts_with(sentence, expected));
                assert_null(strpbrk(sentence, "{}"));
        }
}

static void test_bad_values_of_every_kind(void **state _unused_)
{
        static const struct {
                const char *key;
                const char *values[16];
        } cases[] = {
                {"workers",
                 {"", "-1", "+1", "1e1", "0x10", "١", "1 s", "1,0", "nan", "99999999999"}},
                {"max-pixels", {"0", "60 mio", "60 Million", "1.23456789012345678 million"}},
                {"max-file-size", {"1 byte", "1 Mib", "MiB", "20MiB x", "-5 MiB", "300 MiB"}},
                {"settle", {"5", "5 sec", "5 s 3", "0.0001 ms", "s", "1e3 ms", "inf s"}},
                {"aspect-error", {"1", "11 %", "-1 %", "% 1", "1 %%", "one %"}},
                {"backdrops",
                 {"64C5FF", "#64C5F", "#64C5FFF", "#64C5FG", "blue", "#ffffff#ffffff", "#", "#1 #2",
                  "#fffff\xc3\xa4",
                  "#000000 #000000 #000000 #000000 #000000 #000000 #000000 #000000 #000000"}},
                {"crown",
                 {"", "50..110", "warn", "warn ..", "warn 50", "warn 50.110", "warn 50...110",
                  "warn 50..110,", "warn 50..110, warn 50..110", "warn 50..110 reject 42..118",
                  "reject off", "OFF", "warn 50..641", "warn -1..50", "warning 50..110",
                  "warn 50..nan"}},
                {"deadline",
                 {"2026-5-31", "2026/05/31", "31.05.2026", "2026-13-01", "2026-04-31", "0000-01-01",
                  "2026-05-31T", "tomorrow", "2026-05-3١"}},
                {"address", {"a\tb", "\xff", "a\u202eb", "a\x7f"}},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                for (size_t j = 0; j < ELEMENTSOF(cases[i].values) && cases[i].values[j]; j++) {
                        Config config, before;
                        ConfigKey key;

                        config_default(&before);
                        config = before;
                        config_key_get(config_key_find(cases[i].key), &key);
                        if (config_value_parse(&key, cases[i].values[j], &config) != -EINVAL)
                                fail_msg("'%s = %s' is taken", cases[i].key, cases[i].values[j]);
                        assert_configs_equal(&config, &before);
                }
}

static void test_bands_that_contradict_themselves(void **state _unused_)
{
        static const char *const values[] = {
                "warn 110..50",
                "reject 118..42",
                "warn 40..110, reject 42..118",
                "warn 50..120, reject 42..118",
                "warn ..50, reject 60..",
                "warn 40.., reject 42..",
        };

        for (size_t i = 0; i < ELEMENTSOF(values); i++) {
                Config config;
                ConfigKey key;

                config_default(&config);
                config_key_get(config_key_find("crown"), &key);
                assert_int_equal(config_value_parse(&key, values[i], &config), -EDOM);
                assert_true(config.rules.bands[PHOTO_MEASURE_CROWN].warn_min == 50);
        }
}

static void test_a_long_line_is_refused_and_not_cut_in_two(void **state _unused_)
{
        _cleanup_free_ char *sentence = NULL;
        _cleanup_text_ Text text = {};
        ConfigProblem problem;
        Config config;

        text_append(&text, "[centre]\naddress = ");
        for (int i = 0; i < 5000; i++)
                text_append(&text, "a");
        text_append(&text, "\n");
        assert_int_equal(parse(text.data, &config, &problem), -EBADMSG);
        assert_int_equal(problem.fault, CONFIG_FAULT_LINE_TOO_LONG);
        assert_int_equal(problem.line, 2);
        assert_int_equal(config_problem_text(&problem, "x", LANGUAGE_EN, &sentence), 0);
        assert_non_null(strstr(sentence, "a line has at most 1"));
}

static void test_every_line_up_to_the_limit_is_read_whole(void **state _unused_)
{
        for (size_t n = 1; n < 250; n++) {
                _cleanup_text_ Text text = {};
                ConfigProblem problem;
                Config config;
                int r;

                text_append(&text, "[centre]\nfee=");
                for (size_t i = 0; i < n; i++)
                        text_append(&text, "b");
                text_append(&text, "\r\nhours = 9-17\n");
                r = parse(text.data, &config, &problem);
                if (r == 0) {
                        assert_int_equal(strlen(config.centre.fee), n);
                        assert_string_equal(config.centre.hours, "9-17");
                } else
                        assert_int_equal(problem.line, 2);
        }
}

/* Those of several servers with certificates are longer than the library's lines. */
static void test_every_url_up_to_the_limit_is_read_whole(void **state _unused_)
{
        for (size_t n = 100; n < CATALOG_URL_SIZE + 10; n++) {
                _cleanup_text_ Text url = {}, text = {};
                ConfigProblem problem;
                Config config;
                int r;

                text_append(&url, "postgresql:///photos?host=/run&application_name=");
                while (url.size < n)
                        text_printf(&url, "%zu", url.size % 10);
                text_printf(&text, "[store]\n  catalog = %s%s\n[centre]\nhours = 9-17\n", url.data,
                            n % 2 ? " ; on the second floor" : "");
                r = parse(text.data, &config, &problem);
                if (n < CATALOG_URL_SIZE) {
                        assert_int_equal(r, 0);
                        assert_string_equal(config.catalog, url.data);
                        assert_string_equal(config.centre.hours, "9-17");
                } else {
                        assert_int_equal(r, -EBADMSG);
                        assert_int_equal(problem.line, 2);
                }
        }
}

/* At the end of a piece the library would take away what stands here. */
static void test_a_long_line_loses_nothing(void **state _unused_)
{
        static const char *const odd[] = {";", "#", " ", "[", "=", ":", "é", " x", ";;;;", "   y"};

        for (size_t i = 0; i < ELEMENTSOF(odd); i++)
                for (size_t n = 150; n < 190; n++) {
                        _cleanup_text_ Text fee = {}, text = {};
                        ConfigProblem problem;
                        Config config;
                        int r;

                        while (fee.size < n)
                                text_append(&fee, "a");
                        text_append(&fee, odd[i]);
                        text_append(&fee, "b");
                        text_printf(&text, "[centre]\nfee          = %s\nhours = 9-17\n", fee.data);
                        r = parse(text.data, &config, &problem);
                        if (r == 0)
                                assert_string_equal(config.centre.fee, fee.data);
                        else
                                assert_true(fee.size >= CONFIG_TEXT_SIZE);
                }
}

static void test_a_nul_byte_is_refused(void **state _unused_)
{
        static const char file[] = "[upload]\nsettle = 7 s\0\n";
        ConfigProblem problem;
        Config config;

        assert_int_equal(config_parse(file, sizeof(file) - 1, &config, &problem), -EBADMSG);
        assert_int_equal(problem.fault, CONFIG_FAULT_NOT_TEXT);
        assert_int_equal(problem.line, 2);
}

static void test_what_was_typed_is_shown_shortened(void **state _unused_)
{
        ConfigProblem problem;
        Config config;

        assert_int_equal(
                parse("[picture]\ncrown = 一二三四五六七八九十一二三四五六七八九十一二三四\n",
                      &config, &problem),
                -EBADMSG);
        assert_true(utf8_valid(problem.typed));
        assert_true(text_ends_with(problem.typed, "…"));
        assert_true(text_starts_with(problem.typed, "一二三"));
}

static void test_a_refused_file_changes_nothing(void **state _unused_)
{
        ConfigProblem problem;
        Config config = parse_good("[upload]\nsettle = 7 s\n"), before = config;

        assert_int_equal(parse("[upload]\nsettle = 8 s\ndelay = x\n", &config, &problem), -EBADMSG);
        assert_configs_equal(&config, &before);
}

/* Every file that is cut off anywhere, or has a byte of another value, is read or refused. */
static void test_no_damage_is_more_than_a_refusal(void **state _unused_)
{
        static const char file[] = "[picture]\ncrown = warn 50..110, reject 42..118\n"
                                   "backdrops = #010203\n[batch]\ndeadline = 2026-05-31\n";
        static const char bytes[] = "\0\n\r\t =:;#[]9.,%\x80\xff";
        ConfigProblem problem;
        Config config;

        for (size_t n = 0; n < sizeof(file); n++) {
                char copy[sizeof(file)];
                int r = config_parse(file, n, &config, &problem);

                assert_true(r == 0 || r == -EBADMSG);
                for (size_t i = 0; i < sizeof(bytes); i++) {
                        memcpy(copy, file, sizeof(file));
                        copy[n] = bytes[i];
                        r = config_parse(copy, sizeof(file) - 1, &config, &problem);
                        assert_true(r == 0 || r == -EBADMSG);
                }
        }
}

/* ---- on disk ---- */

typedef struct Directory {
        char path[64];
        int fd;
} Directory;

static void directory_done(Directory *directory)
{
        (void)unlinkat(directory->fd, CONFIG_FILE, 0);
        (void)safe_close(directory->fd);
        (void)rmdir(directory->path);
}
#define _cleanup_directory_ _cleanup_(directory_done)

static Directory directory_new(void)
{
        Directory directory = {.path = "/tmp/idphoto-test-XXXXXX"};

        assert_non_null(mkdtemp(directory.path));
        directory.fd = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(directory.fd >= 0);
        return directory;
}

static void write_config(const Directory *directory, const void *data, size_t size)
{
        _cleanup_close_ int fd =
                openat(directory->fd, CONFIG_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write_full(fd, data, size), 0);
}

static void test_without_a_file_the_defaults_count(void **state _unused_)
{
        _cleanup_directory_ Directory directory = directory_new();
        ConfigProblem problem;
        Config config, defaults;
        char path[128];

        config_default(&defaults);
        assert_int_equal(config_load_at(directory.fd, &config, &problem), 0);
        assert_configs_equal(&config, &defaults);
        (void)snprintf(path, sizeof(path), "%s/%s", directory.path, CONFIG_FILE);
        assert_int_equal(config_load_file(path, &config, &problem), -ENOENT);
}

static void test_the_written_file_is_the_owners_and_reads_as_the_defaults(void **state _unused_)
{
        _cleanup_directory_ Directory directory = directory_new();
        ConfigProblem problem;
        Config config, defaults;
        struct stat st;

        config_default(&defaults);
        assert_int_equal(config_write_default(directory.fd, NULL, NULL, LANGUAGE_ZH), 0);
        assert_int_equal(fstatat(directory.fd, CONFIG_FILE, &st, 0), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_int_equal(config_load_at(directory.fd, &config, &problem), 0);
        assert_configs_equal(&config, &defaults);
        assert_int_equal(config_write_default(directory.fd, NULL, NULL, LANGUAGE_EN), -EEXIST);
}

static void test_a_file_on_disk_is_read(void **state _unused_)
{
        static const char file[] = "[upload]\nsettle = 7 s\n";
        _cleanup_directory_ Directory directory = directory_new();
        ConfigProblem problem;
        Config config;

        write_config(&directory, file, strlen(file));
        assert_int_equal(config_load_at(directory.fd, &config, &problem), 0);
        assert_int_equal(config.settle_msec, 7000);
}

static void write_file(const Directory *directory, const char *name, const char *text)
{
        _cleanup_close_ int fd =
                openat(directory->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write_full(fd, text, strlen(text)), 0);
}

static void test_the_calendar_lies_in_the_store(void **state _unused_)
{
        _cleanup_directory_ Directory directory = directory_new();
        _cleanup_(calendar_freep) Calendar *none = NULL, *calendar = NULL;
        _cleanup_free_ char *sentence = NULL;
        ConfigProblem problem;
        Config config;

        config_default(&config);
        assert_int_equal(config_load_calendar_at(directory.fd, &config, &none, &problem), 0);
        assert_null(none);
        (void)snprintf(config.holidays, sizeof(config.holidays), "holidays.txt");
        assert_int_equal(config_load_calendar_at(directory.fd, &config, &none, &problem), -ENOENT);
        write_file(&directory, "holidays.txt", "2025-10-01 holiday\n");
        assert_int_equal(config_load_calendar_at(directory.fd, &config, &calendar, &problem), 0);
        assert_int_equal(workdays_between((Date){2025, 9, 30}, (Date){2025, 10, 1}, calendar), 0);
        write_file(&directory, "holidays.txt", "2025-10-01 holiday\n2025-10-02 off\n");
        assert_int_equal(config_load_calendar_at(directory.fd, &config, &none, &problem), -EBADMSG);
        assert_int_equal(config_problem_text(&problem, "h", LANGUAGE_EN, &sentence), 0);
        assert_true(text_starts_with(sentence, "h, line 2: "));
}

static void test_a_file_that_is_too_large_is_refused(void **state _unused_)
{
        static char file[CONFIG_FILE_BYTES_MAX + 1];
        _cleanup_directory_ Directory directory = directory_new();
        _cleanup_free_ char *sentence = NULL;
        ConfigProblem problem;
        Config config;

        memset(file, '\n', sizeof(file));
        write_config(&directory, file, sizeof(file) - 1);
        assert_int_equal(config_load_at(directory.fd, &config, &problem), 0);
        write_config(&directory, file, sizeof(file));
        assert_int_equal(config_load_at(directory.fd, &config, &problem), -EBADMSG);
        assert_int_equal(problem.fault, CONFIG_FAULT_FILE_TOO_LARGE);
        assert_int_equal(config_problem_text(&problem, "x", LANGUAGE_EN, &sentence), 0);
        assert_string_equal(sentence, "x: a configuration has at most 65536 bytes");
        assert_int_equal(config_parse(file, sizeof(file), &config, &problem), -EBADMSG);
}

static void test_what_is_no_file_is_not_read(void **state _unused_)
{
        ConfigProblem problem;
        Config config;

        assert_int_equal(config_load_file("/", &config, &problem), -EISDIR);
        assert_int_equal(config_load_file("/dev/zero", &config, &problem), -EINVAL);
}

static void test_a_time_on_its_own(void **state _unused_)
{
        static const struct {
                const char *text;
                unsigned msec;
        } times[] = {{"30", 30000},    {"1.5 s", 1500},  {"250ms", 250},
                     {"5min", 300000}, {"1 h", 3600000}, {"２ｓ", 2000}};
        static const char *const wrong[] = {"", "soon", "-1", "1 day", "s", "61 min", "1e3 s"};
        unsigned msec = 7;

        for (size_t i = 0; i < ELEMENTSOF(times); i++) {
                assert_int_equal(config_parse_time(times[i].text, 3600000, &msec), 0);
                assert_int_equal(msec, times[i].msec);
        }
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                assert_int_equal(config_parse_time(wrong[i], 3600000, &msec), -EINVAL);
}

static char *rules_of(const char *text)
{
        Config config = parse_good(text);
        char *rules = NULL;

        assert_int_equal(config_rules(&config, &rules), 0);
        return rules;
}

static void assert_differ(const char *one, const char *two, const char *keys)
{
        _cleanup_free_ char *a = rules_of(one), *b = rules_of(two);
        _cleanup_text_ Text text = {};
        int n = config_rules_compare(a, b, &text);

        assert_string_equal(text.data ? text.data : "", keys);
        assert_int_equal(n > 0, *keys != '\0');
        text_done(&text);
        text = (Text){};
        assert_int_equal(config_rules_compare(b, a, &text), n);
        assert_string_equal(text.data ? text.data : "", keys);
}

static void test_rules_that_differ_are_named(void **state _unused_)
{
        assert_differ("", "", "");
        assert_differ("[input]\nmax-pixels = 30000000\n", "", "input.max-pixels");
        assert_differ("[picture]\nframing = check\nsharpness = off\n[output]\nmin-quality = 70\n",
                      "", "output.min-quality, picture.framing, picture.sharpness");
        /* What is the default may be written or not. */
        assert_differ("[input]\nmax-time = 60 s\n", "[input]\nmax-time = 1 min\n", "");
}

static void test_what_judges_no_photo_is_no_rule(void **state _unused_)
{
        assert_differ("[upload]\nworkers = 3\ndelay = 0 s\n[store]\npatience = 5 s\n"
                      "[input]\nmax-list-time = 5 s\nmax-list-memory = 200 MiB\n"
                      "[batch]\ndeadline = 2099-01-01\n[centre]\nfee = 20\n[office]\n"
                      "office-group = x\n[points]\ngroup = x\n",
                      "", "");
}

static void test_rules_of_another_version_are_compared_where_both_have_them(void **state _unused_)
{
        _cleanup_text_ Text keys = {};

        assert_int_equal(config_rules_compare("a.b = 1\na.bc = 2\n", "a.bc = 3\nx.y = 1\n", &keys),
                         1);
        assert_string_equal(keys.data, "a.bc");
        assert_int_equal(config_rules_compare("a.b = 1\n", "", &keys), 0);
        assert_int_equal(config_rules_compare("", "a.b = 1\n", &keys), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_time_on_its_own),
                cmocka_unit_test(test_every_key_is_found_by_its_name),
                cmocka_unit_test(test_every_field_has_a_key),
                cmocka_unit_test(test_every_section_has_its_name_and_help),
                cmocka_unit_test(test_every_key_says_what_it_does_in_both_languages),
                cmocka_unit_test(test_every_default_lies_in_its_range),
                cmocka_unit_test(test_defaults_are_those_of_the_rules),
                cmocka_unit_test(test_the_default_file_is_the_defaults_commented_or_not),
                cmocka_unit_test(test_the_default_file_names_every_key_in_lines_that_fit),
                cmocka_unit_test(test_a_directory_and_a_machine_s_name_are_what_they_must_be),
                cmocka_unit_test(test_every_key_round_trips),
                cmocka_unit_test(test_odd_values_round_trip),
                cmocka_unit_test(test_both_ends_of_every_range_are_taken_and_nothing_beyond),
                cmocka_unit_test(test_units_are_understood),
                cmocka_unit_test(test_bands_in_all_their_forms),
                cmocka_unit_test(test_warn_only_turns_a_rejection_into_a_warning),
                cmocka_unit_test(test_off_silences_a_measure),
                cmocka_unit_test(test_full_width_is_as_good_as_half_width),
                cmocka_unit_test(test_colours_replace_the_default_ones),
                cmocka_unit_test(test_the_longest_text_fits),
                cmocka_unit_test(test_editors_habits_are_no_mistakes),
                cmocka_unit_test(test_a_comment_may_be_of_any_length),
                cmocka_unit_test(test_each_mistake_is_named_with_its_line),
                cmocka_unit_test(test_each_mistake_is_named_in_chinese_too),
                cmocka_unit_test(test_bad_values_of_every_kind),
                cmocka_unit_test(test_bands_that_contradict_themselves),
                cmocka_unit_test(test_a_long_line_is_refused_and_not_cut_in_two),
                cmocka_unit_test(test_every_line_up_to_the_limit_is_read_whole),
                cmocka_unit_test(test_every_url_up_to_the_limit_is_read_whole),
                cmocka_unit_test(test_a_long_line_loses_nothing),
                cmocka_unit_test(test_a_nul_byte_is_refused),
                cmocka_unit_test(test_what_was_typed_is_shown_shortened),
                cmocka_unit_test(test_a_refused_file_changes_nothing),
                cmocka_unit_test(test_no_damage_is_more_than_a_refusal),
                cmocka_unit_test(test_without_a_file_the_defaults_count),
                cmocka_unit_test(test_the_written_file_is_the_owners_and_reads_as_the_defaults),
                cmocka_unit_test(test_a_file_on_disk_is_read),
                cmocka_unit_test(test_the_calendar_lies_in_the_store),
                cmocka_unit_test(test_a_file_that_is_too_large_is_refused),
                cmocka_unit_test(test_what_is_no_file_is_not_read),
                cmocka_unit_test(test_rules_that_differ_are_named),
                cmocka_unit_test(test_what_judges_no_photo_is_no_rule),
                cmocka_unit_test(test_rules_of_another_version_are_compared_where_both_have_them),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
