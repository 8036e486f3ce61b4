/* SPDX-License-Identifier: MIT */
#include <idphoto/config.h>

#include "key.h"
#include "reading.h"
#include "value.h"

#include <idphoto/io.h>
#include <idphoto/suggest.h>

#include <fcntl.h>
#include <ini.h>
#include <string.h>

enum { LINE_BYTES_MAX = CATALOG_URL_SIZE + 64 };

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
        char *rest; /* of a long line, NULL: none */
        char *rest_end;
        char value[LINE_BYTES_MAX + 1]; /* of a long line, so far */
        size_t value_size;
        bool refused;
        int error; /* -ENOMEM */
        ProblemCallback callback;
        void *userdata;
        bool faulty[CONFIG_KEYS]; /* has a value that could not be taken */
        ConfigReading reading;
} Parser;

/* The line is the one in hand. */
static void refuse(Parser *parser, ConfigProblem problem, const char *typed)
{
        size_t n;

        problem.line = parser->line;
        if (typed) {
                n = text_prefix(typed, sizeof(problem.typed) - strlen("…") - 1);
                (void)snprintf(problem.typed, sizeof(problem.typed), "%.*s%s", (int)n, typed,
                               typed[n] ? "…" : "");
        }
        if (!parser->refused || problem.line < parser->reading.first.line)
                parser->reading.first = problem;
        parser->refused = true;
        if (parser->callback)
                parser->callback(&problem, parser->userdata);
}

static ConfigProblem fault(ConfigFault fault)
{
        return (ConfigProblem){.fault = fault, .key = -1};
}

static ConfigProblem fault_of_key(ConfigFault fault, int key)
{
        return (ConfigProblem){.fault = fault, .key = key};
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

/* Keys of a section that is none are not looked at: they would all be wrong. */
#define NO_SECTION "[?]"

static bool section_is_known(Parser *parser, const char *line)
{
        _cleanup_free_ char *name = strndup(line + 1, strcspn(line + 1, "]"));

        if (!name) {
                parser->error = -ENOMEM;
                return false;
        }
        if (line[1 + strlen(name)] != ']')
                refuse(parser, fault(CONFIG_FAULT_SYNTAX), line);
        else if (config_section_from_string(name) < 0)
                refuse(parser, fault(CONFIG_FAULT_UNKNOWN_SECTION), name);
        else
                return true;
        return false;
}

/* As the library looks for it: a comment may stand behind a blank. */
static bool has_separator(const char *line)
{
        for (const char *p = line; *p; p++) {
                if (*p == '=' || *p == ':')
                        return true;
                if (*p == ';' && p > line && p[-1] == ' ')
                        return false;
        }
        return false;
}

/* What the library is to see of a line that may be wrong. */
static const char *level(Parser *parser, const char *line)
{
        if (*line == '[')
                return section_is_known(parser, line) ? line : NO_SECTION;
        if (*line == '\0' || has_separator(line))
                return line;
        refuse(parser, fault(CONFIG_FAULT_SYNTAX), line);
        return "";
}

/* Takes the next line of the file: from its first character to its end, without comments. */
static char *next_line(Parser *parser, char **ret_end)
{
        char *line = parser->next, *end;

        end = memchr(line, '\n', (size_t)(parser->end - line));
        parser->next = end ? end + 1 : parser->end;
        if (!end)
                end = parser->end;
        parser->line++;
        if (end > line && end[-1] == '\r')
                end--;
        if (!line_is_text(line, end)) {
                refuse(parser, fault(CONFIG_FAULT_NOT_TEXT), NULL);
                end = line;
        }
        while (line < end && *line == ' ')
                line++;
        if (line < end && (*line == '#' || *line == ';'))
                end = line;
        *ret_end = end;
        return line;
}

static char *comment_in(char *line, char *end)
{
        for (char *p = line + 1; p < end; p++)
                if (*p == ';' && p[-1] == ' ')
                        return p;
        return end;
}

static void refuse_length(Parser *parser, unsigned most)
{
        ConfigProblem problem = fault(CONFIG_FAULT_LINE_TOO_LONG);

        problem.other = most;
        refuse(parser, problem, NULL);
}

/* So much of the line as the library takes at once; the rest comes with the next call. The library
 * takes away blanks at both ends, and a comment: where it might, nothing is cut. */
static size_t take_piece(Parser *parser, char *line, char *end, size_t room)
{
        char *p = end;

        parser->rest = NULL;
        if ((size_t)(end - line) <= room)
                return (size_t)(end - line);
        for (p = line + room; p > line && (strchr(" ;#", *p) || p[-1] == ' '); p--)
                ;
        if (p == line)
                refuse_length(parser, (unsigned)room);
        else {
                parser->rest = p;
                parser->rest_end = end;
        }
        return (size_t)(p - line);
}

/* As fgets(): one line a call, in at most `size` bytes with its line feed and NUL. A line that begins
 * with a blank goes on with the value of the one before. */
static char *read_line(char *buf, int size, void *userdata)
{
        Parser *parser = userdata;
        /* Besides the blank the library wants room for both characters of a line's end. */
        const size_t room = (size_t)size - 4;
        const char *seen;
        char *line, *end;
        size_t n;

        if (parser->rest) {
                line = parser->rest;
                n = take_piece(parser, line, parser->rest_end, room);
                buf[0] = ' ';
                memcpy(buf + 1, line, n);
                memcpy(buf + 1 + n, "\n", sizeof("\n"));
                return buf;
        }
        if (parser->next == parser->end || parser->error < 0)
                return NULL;
        line = next_line(parser, &end);
        if ((size_t)(end - line) > room)
                end = comment_in(line, end);
        if (end - line > LINE_BYTES_MAX) {
                refuse_length(parser, LINE_BYTES_MAX);
                end = line;
        }
        parser->value_size = 0;
        n = take_piece(parser, line, end, room);
        memcpy(buf, line, n);
        buf[n] = '\0';
        seen = level(parser, buf);
        n = strlen(seen);
        memmove(buf, seen, n);
        memcpy(buf + n, "\n", sizeof("\n"));
        if (*buf == '\n' || *buf == '[')
                parser->rest = NULL;
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

static void refuse_unknown(Parser *parser, const char *name)
{
        const int nearest = nearest_key(name);

        refuse(parser,
               nearest < 0 ? fault(CONFIG_FAULT_UNKNOWN_KEY)
                           : fault_of_key(CONFIG_FAULT_MISSPELT_KEY, nearest),
               name);
}

static void take_value(Parser *parser, int index, const char *value)
{
        ConfigKey key;
        int r;

        config_key_get(index, &key);
        r = config_value_parse(&key, value, &parser->reading.config);
        if (r >= 0)
                return;
        parser->faulty[index] = true;
        if (r == -ENOMEM)
                parser->error = r;
        else if (key.kind == CONFIG_KIND_CATALOG && r != -EINVAL) {
                ConfigProblem problem = fault_of_key(CONFIG_FAULT_CATALOG, index);

                problem.error = -r;
                refuse(parser, problem, "");
        } else
                refuse(parser,
                       fault_of_key(r == -EDOM ? CONFIG_FAULT_BAND_ORDER : CONFIG_FAULT_VALUE,
                                    index),
                       value);
}

/* The value with what came of the line before; NULL: more will come. */
static const char *whole_value(Parser *parser, const char *value)
{
        size_t n = strlen(value);

        if (!parser->rest && parser->value_size == 0)
                return value;
        memcpy(parser->value + parser->value_size, value, n + 1);
        parser->value_size += n;
        return parser->rest ? NULL : parser->value;
}

/* Always 1: what is wrong was told, and the library goes on in any case. */
static int take_key(void *userdata, const char *section, const char *name, const char *typed)
{
        Parser *parser = userdata;
        const char *value = whole_value(parser, typed);
        const int index = config_key_find(name);
        const ConfigSection found = config_section_from_string(section);
        ConfigKey key;

        if (!value || (*section && found < 0))
                return 1;
        if (!*section)
                refuse(parser, fault(CONFIG_FAULT_NO_SECTION), name);
        else if (index < 0)
                refuse_unknown(parser, name);
        else {
                config_key_get(index, &key);
                if (found != key.section)
                        refuse(parser, fault_of_key(CONFIG_FAULT_OTHER_SECTION, index), name);
                else if (parser->reading.lines[index] > 0) {
                        ConfigProblem problem = fault_of_key(CONFIG_FAULT_TWICE, index);

                        problem.other = parser->reading.lines[index];
                        refuse(parser, problem, name);
                } else {
                        parser->reading.lines[index] = parser->line;
                        take_value(parser, index, value);
                }
        }
        return 1;
}

/* The beginning of a line that the library could not read. */
static void refuse_line(Parser *parser, const char *data, unsigned line)
{
        _cleanup_free_ char *text = NULL;

        for (unsigned i = 1; i < line && strchr(data, '\n'); i++)
                data = strchr(data, '\n') + 1;
        data += strspn(data, " \t");
        text = strndup(data, strcspn(data, "\r\n"));
        parser->line = line;
        refuse(parser, fault(CONFIG_FAULT_SYNTAX), text);
}

/* What no key can see alone. */
static void check_whole(Parser *parser)
{
        const PhotoRules *rules = &parser->reading.config.rules;
        const int min = config_key_find("min-size"), max = config_key_find("max-size");

        if (parser->faulty[min] || parser->faulty[max] ||
            rules->output_bytes_min < rules->output_bytes_max)
                return;
        parser->line = MAX(parser->reading.lines[min], parser->reading.lines[max]);
        refuse(parser, fault(CONFIG_FAULT_SIZE_ORDER), NULL);
}

static int parse(Parser *parser, char *text, size_t size)
{
        static const char mark[] = "\xef\xbb\xbf";
        int r;

        parser->next = text;
        parser->end = text + size;
        if (text_starts_with(text, mark))
                parser->next += strlen(mark);
        text = parser->next;
        r = ini_parse_stream(read_line, parser, take_key, parser);
        if (r == -2 || parser->error < 0)
                return -ENOMEM;
        if (r > 0)
                refuse_line(parser, text, (unsigned)r);
        check_whole(parser);
        return parser->refused ? -EBADMSG : 0;
}

int config_read(const char *data, size_t size, ProblemCallback callback, void *userdata,
                ConfigReading *ret)
{
        _cleanup_free_ Parser *parser = calloc(1, sizeof(*parser));
        _cleanup_free_ char *copy = NULL;
        int r = -EBADMSG;

        if (!parser)
                return -ENOMEM;
        parser->callback = callback;
        parser->userdata = userdata;
        config_default(&parser->reading.config);
        if (size > CONFIG_FILE_BYTES_MAX)
                refuse(parser, fault(CONFIG_FAULT_FILE_TOO_LARGE), NULL);
        else {
                copy = malloc(size + 1);
                if (!copy)
                        return -ENOMEM;
                if (size > 0)
                        memcpy(copy, data, size);
                copy[size] = '\0';
                r = parse(parser, copy, size);
        }
        if (r == 0 || r == -EBADMSG)
                *ret = parser->reading;
        return r;
}

static int take_reading(int r, const ConfigReading *reading, Config *ret,
                        ConfigProblem *ret_problem)
{
        if (r == -EBADMSG)
                *ret_problem = reading->first;
        else if (r >= 0)
                *ret = reading->config;
        return r;
}

int config_parse(const char *data, size_t size, Config *ret, ConfigProblem *ret_problem)
{
        ConfigReading reading;
        int r = config_read(data, size, NULL, NULL, &reading);

        return take_reading(r, &reading, ret, ret_problem);
}

/* ---- files ---- */

int config_read_file_at(int dirfd, const char *path, ProblemCallback callback, void *userdata,
                        ConfigReading *ret)
{
        _cleanup_close_ int fd = open_regular_at(dirfd, path, NULL);
        _cleanup_free_ char *data = NULL;
        size_t size;
        int r;

        if (fd < 0)
                return fd;
        r = read_whole_fd(fd, CONFIG_FILE_BYTES_MAX, &data, &size);
        if (r >= 0)
                return config_read(data, size, callback, userdata, ret);
        if (r != -EFBIG)
                return r;
        *ret = (ConfigReading){.first = fault(CONFIG_FAULT_FILE_TOO_LARGE)};
        config_default(&ret->config);
        if (callback)
                callback(&ret->first, userdata);
        return -EBADMSG;
}

static int load(int dirfd, const char *path, Config *ret, ConfigProblem *ret_problem)
{
        ConfigReading reading;
        int r = config_read_file_at(dirfd, path, NULL, NULL, &reading);

        return take_reading(r, &reading, ret, ret_problem);
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
