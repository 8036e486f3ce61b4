/* SPDX-License-Identifier: MIT */
#include <idphoto/config.h>

#include "key.h"
#include "value.h"

#include <idphoto/io.h>
#include <idphoto/suggest.h>

#include <fcntl.h>
#include <ini.h>
#include <string.h>

/*
 * libinih splits lines into sections, keys and values. It is lenient where an operator is better
 * told: it cuts long lines in two, joins indented ones to those before, and names a section only
 * with its first key. So it gets its lines from a reader that refuses or levels all that, and that
 * knows the number of the line in hand.
 */
typedef struct Parser {
        char *next; /* rest of the file */
        char *end;  /* its NUL */
        unsigned line;
        bool refused;
        int error; /* -ENOMEM */
        ConfigProblem problem;
        unsigned lines[CONFIG_KEYS]; /* where each key stands, 0: nowhere */
        Config config;
} Parser;

/* Only the first problem of a file is told. */
static void refuse(Parser *parser, ConfigFault fault, int key, const char *typed)
{
        ConfigProblem *problem = &parser->problem;
        size_t n;

        if (parser->refused)
                return;
        parser->refused = true;
        *problem = (ConfigProblem){.fault = fault, .line = parser->line, .key = key};
        if (typed) {
                n = text_prefix(typed, sizeof(problem->typed) - strlen("…") - 1);
                (void)snprintf(problem->typed, sizeof(problem->typed), "%.*s%s", (int)n, typed,
                               typed[n] ? "…" : "");
        }
}

/* ---- lines for the library ---- */

/* Tabs are blanks; other control characters, and what is no UTF-8, are shown to nobody. */
static bool line_is_text(char *line, char *end)
{
        char behind = *end;
        bool text;

        for (char *p = line; p < end; p++)
                if (*p == '\t')
                        *p = ' ';
        *end = '\0';
        text = strlen(line) == (size_t)(end - line) && utf8_valid(line) && !text_has_control(line);
        *end = behind;
        return text;
}

static void check_section(Parser *parser, const char *line)
{
        _cleanup_free_ char *name = strndup(line + 1, strcspn(line + 1, "]"));

        if (!name) {
                parser->error = -ENOMEM;
                return;
        }
        if (line[1 + strlen(name)] != ']')
                refuse(parser, CONFIG_FAULT_SYNTAX, -1, line);
        else if (config_section_from_string(name) < 0)
                refuse(parser, CONFIG_FAULT_UNKNOWN_SECTION, -1, name);
}

/* As fgets(): one line a call, in at most `size` bytes with its line feed and NUL. */
static char *read_line(char *buf, int size, void *userdata)
{
        Parser *parser = userdata;
        char *line = parser->next, *end;

        if (line == parser->end || parser->refused || parser->error < 0)
                return NULL;
        end = memchr(line, '\n', (size_t)(parser->end - line));
        parser->next = end ? end + 1 : parser->end;
        if (!end)
                end = parser->end;
        parser->line++;
        if (end > line && end[-1] == '\r')
                end--;
        if (!line_is_text(line, end)) {
                refuse(parser, CONFIG_FAULT_NOT_TEXT, -1, NULL);
                return NULL;
        }
        while (line < end && *line == ' ')
                line++;
        if (line < end && (*line == '#' || *line == ';'))
                end = line;
        /* The library wants room for both characters of a line's end. */
        if (end - line > size - 3) {
                refuse(parser, CONFIG_FAULT_LINE_TOO_LONG, -1, NULL);
                parser->problem.other = (unsigned)(size - 3);
                return NULL;
        }
        memcpy(buf, line, (size_t)(end - line));
        buf[end - line] = '\0';
        if (*buf == '[')
                check_section(parser, buf);
        if (parser->refused)
                return NULL;
        buf[end - line] = '\n';
        buf[end - line + 1] = '\0';
        return buf;
}

/* ---- keys from the library ---- */

/* The key that was probably meant, -1: none. */
static int nearest_key(const char *typed)
{
        size_t distance = SIZE_MAX, d;
        int nearest = -1;
        ConfigKey key;

        for (int i = 0; i < CONFIG_KEYS; i++) {
                config_key_get(i, &key);
                if (suggest_near(typed, key.name, &d) && d < distance) {
                        distance = d;
                        nearest = i;
                }
        }
        return nearest;
}

static int take_key(void *userdata, const char *section, const char *name, const char *value)
{
        Parser *parser = userdata;
        int index = config_key_find(name), r;
        ConfigKey key;

        if (!*section) {
                refuse(parser, CONFIG_FAULT_NO_SECTION, -1, name);
                return 0;
        }
        if (index < 0) {
                index = nearest_key(name);
                refuse(parser, index < 0 ? CONFIG_FAULT_UNKNOWN_KEY : CONFIG_FAULT_MISSPELT_KEY,
                       index, name);
                return 0;
        }
        config_key_get(index, &key);
        if (config_section_from_string(section) != key.section) {
                refuse(parser, CONFIG_FAULT_OTHER_SECTION, index, name);
                return 0;
        }
        if (parser->lines[index] > 0) {
                refuse(parser, CONFIG_FAULT_TWICE, index, name);
                parser->problem.other = parser->lines[index];
                return 0;
        }
        parser->lines[index] = parser->line;
        r = config_value_parse(&key, value, &parser->config);
        if (r == -ENOMEM)
                parser->error = r;
        else if (r < 0)
                refuse(parser, r == -EDOM ? CONFIG_FAULT_BAND_ORDER : CONFIG_FAULT_VALUE, index,
                       value);
        return r >= 0;
}

/* The beginning of a line that the library could not read. */
static void refuse_line(Parser *parser, const char *data, unsigned line)
{
        _cleanup_free_ char *text = NULL;

        for (unsigned i = 1; i < line; i++)
                data = strchr(data, '\n') + 1;
        data += strspn(data, " \t");
        text = strndup(data, strcspn(data, "\r\n"));
        parser->line = line;
        parser->refused = false;
        refuse(parser, CONFIG_FAULT_SYNTAX, -1, text);
}

/* What no key can see alone. */
static void check_whole(Parser *parser)
{
        const PhotoRules *rules = &parser->config.rules;

        if (rules->output_bytes_min < rules->output_bytes_max)
                return;
        parser->line = MAX(parser->lines[config_key_find("min-size")],
                           parser->lines[config_key_find("max-size")]);
        refuse(parser, CONFIG_FAULT_SIZE_ORDER, -1, NULL);
}

int config_parse(const char *data, size_t size, Config *ret, ConfigProblem *ret_problem)
{
        static const char mark[] = "\xef\xbb\xbf";
        _cleanup_free_ Parser *parser = calloc(1, sizeof(*parser));
        _cleanup_free_ char *copy = NULL;
        int r;

        if (!parser)
                return -ENOMEM;
        config_default(&parser->config);
        if (size > CONFIG_FILE_BYTES_MAX) {
                refuse(parser, CONFIG_FAULT_FILE_TOO_LARGE, -1, NULL);
                *ret_problem = parser->problem;
                return -EBADMSG;
        }
        copy = malloc(size + 1);
        if (!copy)
                return -ENOMEM;
        if (size > 0)
                memcpy(copy, data, size);
        copy[size] = '\0';
        parser->next = copy;
        parser->end = copy + size;
        if (text_starts_with(copy, mark))
                parser->next += strlen(mark);
        data = parser->next;
        r = ini_parse_stream(read_line, parser, take_key, parser);
        if (r == -2 || parser->error < 0)
                return -ENOMEM;
        if (r > 0 && (!parser->refused || (unsigned)r < parser->problem.line))
                refuse_line(parser, data, (unsigned)r);
        if (!parser->refused)
                check_whole(parser);
        if (parser->refused) {
                *ret_problem = parser->problem;
                return -EBADMSG;
        }
        *ret = parser->config;
        return 0;
}

/* ---- files ---- */

static int load(int dirfd, const char *path, Config *ret, ConfigProblem *ret_problem)
{
        _cleanup_close_ int fd = open_regular_at(dirfd, path, NULL);
        _cleanup_free_ char *data = NULL;
        size_t size;
        int r;

        if (fd < 0)
                return fd;
        r = read_whole_fd(fd, CONFIG_FILE_BYTES_MAX, &data, &size);
        if (r == -EFBIG) {
                *ret_problem = (ConfigProblem){.fault = CONFIG_FAULT_FILE_TOO_LARGE, .key = -1};
                return -EBADMSG;
        }
        return r < 0 ? r : config_parse(data, size, ret, ret_problem);
}

int config_load_file(const char *path, Config *ret, ConfigProblem *ret_problem)
{
        return load(AT_FDCWD, path, ret, ret_problem);
}

int config_load_at(int dirfd, Config *ret, ConfigProblem *ret_problem)
{
        int r = load(dirfd, CONFIG_FILE, ret, ret_problem);

        if (r != -ENOENT)
                return r;
        config_default(ret);
        return 0;
}
