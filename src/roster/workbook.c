/* SPDX-License-Identifier: MIT */
#include "workbook.h"

#include "package.h"

#include <string.h>

/* ---- the list of sheets: workbook.xml names relations, its .rels file says where they lead ----
 */

typedef struct SheetList {
        Workbook *workbook;
        char relation[WORKBOOK_SHEETS_MAX][32];
        size_t n;
        int error;
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

static int workbook_start(void *userdata, const char *name, const char *const *attributes)
{
        SheetList *list = userdata;

        if (strcmp(name, "workbookPr") == 0) {
                const char *value = xml_attribute(attributes, "date1904");

                list->workbook->date1904 =
                        value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
        } else if (strcmp(name, "sheet") == 0 && list->n < WORKBOOK_SHEETS_MAX) {
                const char *relation = relation_of(attributes);

                if (relation && strlen(relation) < sizeof(list->relation[0]))
                        strcpy(list->relation[list->n++], relation);
        }
        return 0;
}

static int ignore_end(void *userdata _unused_, const char *name _unused_)
{
        return 0;
}

/* Part name of a target, which is absolute or relative to xl/. */
static char *part_name(Arena *arena, const char *target)
{
        char path[256];
        int n = target[0] == '/' ? snprintf(path, sizeof(path), "%s", target + 1)
                                 : snprintf(path, sizeof(path), "xl/%s", target);

        return arena_copy(arena, path, n < 0 ? 0 : MIN((size_t)n, sizeof(path) - 1));
}

static int relations_start(void *userdata, const char *name, const char *const *attributes)
{
        SheetList *list = userdata;
        const char *id = xml_attribute(attributes, "Id");
        const char *target = xml_attribute(attributes, "Target");

        if (strcmp(name, "Relationship") != 0 || !id || !target)
                return 0;
        for (size_t i = 0; i < list->n; i++) {
                if (strcmp(list->relation[i], id) != 0 || list->workbook->sheets[i])
                        continue;
                list->workbook->sheets[i] = part_name(list->workbook->arena, target);
                if (!list->workbook->sheets[i])
                        return -ENOMEM;
        }
        return 0;
}

static int read_sheet_list(Workbook *workbook)
{
        static const XmlHandler workbook_handler = {workbook_start, ignore_end, NULL};
        static const XmlHandler relations_handler = {relations_start, ignore_end, NULL};
        SheetList list = {.workbook = workbook};
        int r;

        r = package_read_part(workbook->data, workbook->size, "xl/workbook.xml", &workbook_handler,
                              &list);
        if (r < 0)
                return r;
        r = package_read_part(workbook->data, workbook->size, "xl/_rels/workbook.xml.rels",
                              &relations_handler, &list);
        if (r < 0)
                return r == -ENOENT ? -EBADMSG : r;
        for (size_t i = 0; i < list.n; i++)
                if (workbook->sheets[i])
                        workbook->sheets[workbook->n_sheets++] = workbook->sheets[i];
        return workbook->n_sheets > 0 ? 0 : -EBADMSG;
}

/* ---- text of a cell or shared string: <t> elements, less the reading aids of <rPh> ---- */

typedef struct Gather {
        char data[CELL_BYTES_MAX + 8];
        size_t n;
        bool cut;
        unsigned phonetic; /* depth inside rPh */
        bool in_text;
} Gather;

static void gather_reset(Gather *gather)
{
        gather->n = 0;
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

static void gather_finish(Gather *gather)
{
        gather->data[gather->n] = '\0';
        if (gather->n > CELL_BYTES_MAX) {
                gather->n = text_prefix(gather->data, CELL_BYTES_MAX);
                gather->data[gather->n] = '\0';
        }
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

        if (strcmp(name, "t") == 0)
                list->gather.in_text = false;
        else if (strcmp(name, "rPh") == 0 && list->gather.phonetic > 0)
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

static int read_strings(Workbook *workbook)
{
        static const XmlHandler handler = {strings_start, strings_end, strings_text};
        StringList list = {.workbook = workbook};
        int r = package_read_part(workbook->data, workbook->size, "xl/sharedStrings.xml", &handler,
                                  &list);

        /* A workbook without any text has none. */
        return r == -ENOENT ? 0 : r;
}

int workbook_open(const void *data, size_t size, Workbook *ret)
{
        int r;

        *ret = (Workbook){.data = data, .size = size};
        r = arena_new(&ret->arena);
        if (r < 0)
                return r;
        r = read_sheet_list(ret);
        if (r < 0)
                return r;
        return read_strings(ret);
}

void workbook_done(Workbook *workbook)
{
        free(workbook->strings);
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
        Cell cells[CELLS_MAX];
        size_t n_cells;
        size_t column; /* of the cell being read, from 0 */
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
        gather_reset(&reader->gather);
}

static int sheet_start(void *userdata, const char *name, const char *const *attributes)
{
        SheetReader *reader = userdata;

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
                if (cell.number)
                        (void)cell_plain_digits(gather->data, sizeof(gather->data));
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

static int sheet_end(void *userdata, const char *name)
{
        SheetReader *reader = userdata;

        if (!reader->arena)
                return 0;
        if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
                reader->in_value = false;
        else if (strcmp(name, "rPh") == 0 && reader->gather.phonetic > 0)
                reader->gather.phonetic--;
        else if (strcmp(name, "c") == 0 && reader->column != SIZE_MAX)
                return end_cell(reader);
        else if (strcmp(name, "row") == 0 && reader->n_cells > 0)
                return reader->callback(reader->row, reader->cells, reader->n_cells,
                                        reader->userdata);
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
                        void *userdata)
{
        static const XmlHandler handler = {sheet_start, sheet_end, sheet_text};
        SheetReader reader = {
                .workbook = workbook,
                .callback = callback,
                .userdata = userdata,
                .column = SIZE_MAX,
        };
        int r = package_read_part(workbook->data, workbook->size, workbook->sheets[sheet], &handler,
                                  &reader);

        arena_free(reader.arena);
        return r == -ENOENT ? -EBADMSG : r;
}
