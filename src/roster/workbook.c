/* SPDX-License-Identifier: MIT */
#include "workbook.h"

#include "package.h"
#include "relations.h"

#include <idphoto/roster.h>

#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

/* ---- the list of sheets: the workbook names relations, which say where they lead ---- */

/* Spreadsheet programs have 31 characters. */
enum { NAME_BYTES_MAX = ROSTER_FIELD_BYTES_MAX };

typedef struct SheetList {
        Workbook *workbook;
        const Relations *relations;
        size_t allocated;
} SheetList;

/* The relation's id under whatever prefix the file uses for that namespace. */
static const char *relation_of(const char *const *attributes)
{
        for (; *attributes; attributes += 2) {
                const char *colon = strchr(attributes[0], ':');

                if (colon && strcmp(colon + 1, "id") == 0)
                        return attributes[1];
        }
        return NULL;
}

static bool is_true(const char *value)
{
        return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

static int add_sheet(SheetList *list, const char *name, const char *state, const char *part)
{
        Workbook *workbook = list->workbook;
        char text[NAME_BYTES_MAX + 1];

        if (workbook->n_sheets == WORKBOOK_SHEETS_MAX)
                return -EFBIG;
        if (strlen(name) > NAME_BYTES_MAX)
                return -EBADMSG;
        if (workbook->n_sheets == list->allocated) {
                size_t allocated = MAX(2 * list->allocated, (size_t)16);
                WorkbookSheet *sheets = reallocarray(workbook->sheets, allocated, sizeof(*sheets));

                if (!sheets)
                        return -ENOMEM;
                workbook->sheets = sheets;
                list->allocated = allocated;
        }
        strcpy(text, name);
        (void)workbook_unescape(text);
        name = arena_copy(workbook->arena, text, cell_clean(text));
        if (!name)
                return -ENOMEM;
        workbook->sheets[workbook->n_sheets++] =
                (WorkbookSheet){.name = name,
                                .part = part,
                                .hidden = state && (strcasecmp(state, "hidden") == 0 ||
                                                    strcasecmp(state, "veryHidden") == 0)};
        return 0;
}

static int workbook_start(void *userdata, const char *name, const char *const *attributes)
{
        SheetList *list = userdata;
        const char *relation, *sheet, *part;

        if (strcmp(name, "workbookPr") == 0)
                list->workbook->date1904 = is_true(xml_attribute(attributes, "date1904"));
        if (strcmp(name, "sheet") != 0)
                return 0;
        relation = relation_of(attributes);
        sheet = xml_attribute(attributes, "name");
        part = relation ? relations_by_id(list->relations, relation, "worksheet") : NULL;
        return part ? add_sheet(list, sheet ? sheet : "", xml_attribute(attributes, "state"), part)
                    : 0;
}

static int ignore_end(void *userdata _unused_, const char *name _unused_)
{
        return 0;
}

/* The workbook's own part. Documents without relationships of their own have it at the usual
 * place. */
static int find_workbook(const Workbook *workbook, const char **ret)
{
        _cleanup_relations_ Relations relations = {};
        const char *part;
        int r = relations_read(workbook->data, workbook->size, "", workbook->arena, &relations);

        if (r < 0 && r != -ENOENT)
                return r;
        part = relations_by_type(&relations, "officeDocument");
        *ret = part ? part : "xl/workbook.xml";
        return 0;
}

static int read_sheet_list(Workbook *workbook, const char *part, const Relations *relations)
{
        static const XmlHandler handler = {workbook_start, ignore_end, NULL};
        SheetList list = {.workbook = workbook, .relations = relations};
        int r = package_read_part(workbook->data, workbook->size, part, &handler, &list);

        if (r < 0)
                return r;
        return workbook->n_sheets > 0 ? 0 : -EBADMSG;
}

/* ---- text of a cell or shared string: <t> elements, less the reading aids of <rPh> ---- */

typedef struct Gather {
        char data[WORKBOOK_RAW_BYTES_MAX + 1];
        size_t n;
        size_t decoded; /* bytes before it are decoded */
        bool cut;
        unsigned phonetic; /* depth inside rPh */
        bool in_text;
} Gather;

static void gather_reset(Gather *gather)
{
        gather->n = gather->decoded = 0;
        gather->cut = false;
}

static void gather_text(Gather *gather, const char *s, size_t n)
{
        if (gather->cut)
                return;
        if (n > sizeof(gather->data) - 1 - gather->n) {
                n = sizeof(gather->data) - 1 - gather->n;
                gather->cut = true;
        }
        memcpy(gather->data + gather->n, s, n);
        gather->n += n;
}

/* At the end of an element: no escape goes on in the next. */
static void gather_decode(Gather *gather)
{
        gather->data[gather->n] = '\0';
        gather->n = gather->decoded + workbook_unescape(gather->data + gather->decoded);
        gather->decoded = gather->n;
}

static void gather_finish(Gather *gather)
{
        gather->data[gather->n] = '\0';
        gather->n = text_prefix(gather->data, CELL_BYTES_KEPT);
        gather->data[gather->n] = '\0';
}

/* "_xD83D_" at p: its 16 bits, or -1. */
static long escaped_unit(const char *p)
{
        long unit = 0;

        if (p[0] != '_' || p[1] != 'x')
                return -1;
        for (size_t i = 2; i < 6; i++) {
                if (!isxdigit((unsigned char)p[i]))
                        return -1;
                unit = unit * 16 + (p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
        }
        return p[6] == '_' ? unit : -1;
}

size_t workbook_unescape(char *text)
{
        enum { ESCAPE_BYTES = 7 };
        size_t out = 0;

        for (const char *p = text; *p;) {
                long unit = escaped_unit(p), low = -1;

                if (unit < 0) {
                        text[out++] = *p++;
                        continue;
                }
                p += ESCAPE_BYTES;
                if (unit >= 0xd800 && unit < 0xdc00)
                        low = escaped_unit(p);
                if (low >= 0xdc00 && low < 0xe000) {
                        unit = 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00);
                        p += ESCAPE_BYTES;
                } else if ((unit >= 0xd800 && unit < 0xe000) || unit == 0)
                        unit = 0xfffd; /* half of a character, or none */
                out += (size_t)utf8proc_encode_char((utf8proc_int32_t)unit,
                                                    (utf8proc_uint8_t *)text + out);
        }
        text[out] = '\0';
        return out;
}

/* ---- shared strings ---- */

typedef struct StringList {
        Workbook *workbook;
        Gather gather;
        size_t allocated;
        size_t bytes;
} StringList;

static int strings_start(void *userdata, const char *name, const char *const *attributes _unused_)
{
        StringList *list = userdata;

        if (strcmp(name, "si") == 0)
                gather_reset(&list->gather);
        else if (strcmp(name, "rPh") == 0)
                list->gather.phonetic++;
        else if (strcmp(name, "t") == 0)
                list->gather.in_text = list->gather.phonetic == 0;
        return 0;
}

static int add_string(StringList *list)
{
        Workbook *workbook = list->workbook;

        gather_finish(&list->gather);
        list->bytes += list->gather.n + 1;
        if (workbook->n_strings >= WORKBOOK_STRINGS_MAX || list->bytes > WORKBOOK_STRING_BYTES_MAX)
                return -EFBIG;
        if (workbook->n_strings == list->allocated) {
                size_t allocated = MAX(list->allocated * 2, (size_t)1024);
                char **strings = reallocarray(workbook->strings, allocated, sizeof(*strings));

                if (!strings)
                        return -ENOMEM;
                workbook->strings = strings;
                list->allocated = allocated;
        }
        workbook->strings[workbook->n_strings] =
                arena_copy(workbook->arena, list->gather.data, list->gather.n);
        return workbook->strings[workbook->n_strings++] ? 0 : -ENOMEM;
}

static int strings_end(void *userdata, const char *name)
{
        StringList *list = userdata;

        if (strcmp(name, "t") == 0) {
                list->gather.in_text = false;
                gather_decode(&list->gather);
        } else if (strcmp(name, "rPh") == 0 && list->gather.phonetic > 0)
                list->gather.phonetic--;
        else if (strcmp(name, "si") == 0)
                return add_string(list);
        return 0;
}

static int strings_text(void *userdata, const char *s, size_t n)
{
        StringList *list = userdata;

        if (list->gather.in_text)
                gather_text(&list->gather, s, n);
        return 0;
}

static int read_strings(Workbook *workbook, const char *part)
{
        static const XmlHandler handler = {strings_start, strings_end, strings_text};
        StringList list = {.workbook = workbook};
        int r = package_read_part(workbook->data, workbook->size, part, &handler, &list);

        /* A workbook without any text has none. */
        return r == -ENOENT ? 0 : r;
}

int workbook_open(const void *data, size_t size, Workbook *ret)
{
        _cleanup_relations_ Relations relations = {};
        const char *part = NULL, *styles, *strings;
        int r;

        *ret = (Workbook){.data = data, .size = size};
        r = arena_new(&ret->arena);
        if (r == 0)
                r = find_workbook(ret, &part);
        if (r < 0)
                return r;
        r = relations_read(data, size, part, ret->arena, &relations);
        if (r < 0 && r != -ENOENT)
                return r;
        /* Without the part it is no workbook, whatever its relationships are. */
        r = read_sheet_list(ret, part, &relations);
        if (r < 0)
                return r;
        styles = relations_by_type(&relations, "styles");
        if (styles)
                r = styles_read(data, size, styles, &ret->styles);
        if (r < 0)
                return r;
        strings = relations_by_type(&relations, "sharedStrings");
        if (!strings)
                strings = relations_resolve(part, "sharedStrings.xml", ret->arena);
        return strings ? read_strings(ret, strings) : -ENOMEM;
}

void workbook_done(Workbook *workbook)
{
        styles_done(&workbook->styles);
        free(workbook->strings);
        free(workbook->sheets);
        arena_free(workbook->arena);
        *workbook = (Workbook){0};
}

/* ---- a sheet ---- */

enum { ROW_MAX = 16 * 1024 * 1024 };

typedef struct SheetReader {
        const Workbook *workbook;
        CellRowCallback callback;
        void *userdata;
        size_t row;
        bool hidden;         /* the row */
        size_t first_hidden; /* row; 0 none */
        bool in_data;
        Cell cells[CELLS_MAX];
        size_t n_cells;
        size_t column; /* of the cell being read, from 0 */
        bool date;     /* whether it holds one */
        char type;     /* first letter of its t attribute, 'f' for formula text, 0 none */
        bool in_value;
        Gather gather;
        Arena *arena; /* texts of the row's cells */
} SheetReader;

/* "AB12" to column 27 (from 0) and row 12; false when it is no such reference. */
static bool parse_reference(const char *s, size_t *ret_column, size_t *ret_row)
{
        size_t column = 0, row = 0;

        for (; *s >= 'A' && *s <= 'Z' && column < 100000; s++)
                column = column * 26 + (size_t)(*s - 'A' + 1);
        for (; *s >= '0' && *s <= '9' && row < 100000000; s++)
                row = row * 10 + (size_t)(*s - '0');
        if (*s != '\0' || column == 0)
                return false;
        *ret_column = column - 1;
        *ret_row = row;
        return true;
}

static int start_row(SheetReader *reader, const char *const *attributes)
{
        const char *r = xml_attribute(attributes, "r");
        size_t row = r ? strtoul(r, NULL, 10) : 0;

        reader->row = row > reader->row ? row : reader->row + 1;
        reader->hidden = is_true(xml_attribute(attributes, "hidden"));
        reader->n_cells = 0;
        reader->column = SIZE_MAX;
        if (reader->row > ROW_MAX)
                return -EFBIG;
        if (!reader->arena)
                return arena_new(&reader->arena);
        arena_reset(reader->arena);
        return 0;
}

static void start_cell(SheetReader *reader, const char *const *attributes)
{
        const char *reference = xml_attribute(attributes, "r");
        const char *type = xml_attribute(attributes, "t");
        const char *style = xml_attribute(attributes, "s");
        const Styles *styles = &reader->workbook->styles;
        unsigned long index = style ? strtoul(style, NULL, 10) : 0;
        size_t column, row;

        reader->column++; /* from SIZE_MAX to 0 */
        if (reference && parse_reference(reference, &column, &row) && column >= reader->column)
                reader->column = column;
        if (!type || strcmp(type, "n") == 0)
                reader->type = 'n';
        else if (strcmp(type, "str") == 0 || strcmp(type, "d") == 0)
                reader->type = 't';
        else
                reader->type = type[0]; /* s, i(nlineStr), b, e */
        reader->date = (type && strcmp(type, "d") == 0) ||
                       (reader->type == 'n' && index < styles->n && styles->dates[index]);
        gather_reset(&reader->gather);
}

static int sheet_start(void *userdata, const char *name, const char *const *attributes)
{
        SheetReader *reader = userdata;

        if (strcmp(name, "sheetData") == 0)
                reader->in_data = true;
        /* Elements of the same names stand elsewhere as well. */
        if (!reader->in_data)
                return 0;
        if (strcmp(name, "row") == 0)
                return start_row(reader, attributes);
        if (!reader->arena)
                return 0;
        if (strcmp(name, "c") == 0)
                start_cell(reader, attributes);
        else if (strcmp(name, "v") == 0)
                reader->in_value = true;
        else if (strcmp(name, "rPh") == 0)
                reader->gather.phonetic++;
        else if (strcmp(name, "t") == 0)
                reader->in_value = reader->gather.phonetic == 0;
        return 0;
}

static int end_cell(SheetReader *reader)
{
        Gather *gather = &reader->gather;
        Cell cell = {.text = ""};

        gather_finish(gather);
        if (reader->column >= CELLS_MAX)
                return 0;
        if (reader->type == 's') {
                unsigned long index = strtoul(gather->data, NULL, 10);

                if (gather->n > 0 && index >= reader->workbook->n_strings)
                        return -EBADMSG;
                if (gather->n > 0)
                        cell.text = reader->workbook->strings[index];
        } else if (gather->n > 0) {
                cell.number = reader->type == 'n';
                cell.date = reader->date;
                cell.fault = reader->type == 'e' || reader->type == 'b';
                if (cell.number)
                        (void)cell_plain_digits(gather->data, sizeof(gather->data));
                else if (reader->type == 'b')
                        strcpy(gather->data, is_true(gather->data) ? "TRUE" : "FALSE");
                cell.text = arena_copy(reader->arena, gather->data, strlen(gather->data));
                if (!cell.text)
                        return -ENOMEM;
        }
        while (reader->n_cells < reader->column)
                reader->cells[reader->n_cells++] = (Cell){.text = ""};
        reader->cells[reader->column] = cell;
        reader->n_cells = reader->column + 1;
        return 0;
}

static int end_row(SheetReader *reader)
{
        if (reader->hidden && reader->first_hidden == 0)
                for (size_t i = 0; i < reader->n_cells; i++)
                        if (reader->cells[i].text[0] != '\0')
                                reader->first_hidden = reader->row;
        return reader->callback(reader->row, reader->cells, reader->n_cells, reader->userdata);
}

static int sheet_end(void *userdata, const char *name)
{
        SheetReader *reader = userdata;

        if (!reader->arena || !reader->in_data)
                return 0;
        if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
                reader->in_value = false;
                gather_decode(&reader->gather);
        } else if (strcmp(name, "sheetData") == 0)
                reader->in_data = false;
        else if (strcmp(name, "rPh") == 0 && reader->gather.phonetic > 0)
                reader->gather.phonetic--;
        else if (strcmp(name, "c") == 0 && reader->column != SIZE_MAX)
                return end_cell(reader);
        else if (strcmp(name, "row") == 0 && reader->n_cells > 0)
                return end_row(reader);
        return 0;
}

static int sheet_text(void *userdata, const char *s, size_t n)
{
        SheetReader *reader = userdata;

        if (reader->in_value)
                gather_text(&reader->gather, s, n);
        return 0;
}

int workbook_read_sheet(const Workbook *workbook, size_t sheet, CellRowCallback callback,
                        void *userdata, size_t *ret_hidden)
{
        static const XmlHandler handler = {sheet_start, sheet_end, sheet_text};
        SheetReader reader = {
                .workbook = workbook,
                .callback = callback,
                .userdata = userdata,
                .column = SIZE_MAX,
        };
        int r = package_read_part(workbook->data, workbook->size, workbook->sheets[sheet].part,
                                  &handler, &reader);

        arena_free(reader.arena);
        *ret_hidden = reader.first_hidden;
        return r == -ENOENT ? -EBADMSG : r;
}
