/* SPDX-License-Identifier: MIT */
#include <idphoto/listpack.h>
#include <idphoto/roster.h>
#include <idphoto/text.h>

#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <string.h>

/*
 * Any bytes as a roster. The first byte says what the others are: the file itself, or a part of a
 * workbook, which mutations of a zip would seldom reach: its sheets, which a NUL parts, its shared
 * strings, or its relationships.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { AS_FILE, AS_SHEETS, AS_STRINGS, AS_RELATIONS, _AS_MAX };

static const char workbook[] = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"沈阳\" r:id=\"a\"/>"
                               "<sheet name=\"示例\" r:id=\"b\"/>"
                               "<sheet name=\"旧\" state=\"hidden\" r:id=\"c\"/>"
                               "<sheet name=\"Sheet4\" r:id=\"d\"/></sheets></workbook>";
static const char relations[] = "<R><Relationship Id=\"a\" Target=\"0.xml\"/>"
                                "<Relationship Id=\"b\" Target=\"./1.xml\"/>"
                                "<Relationship Id=\"c\" Target=\"/xl/2.xml\"/>"
                                "<Relationship Id=\"d\" Target=\"../xl/3.xml\"/></R>";
static const char strings[] = "<sst><si><t>身份证号</t></si><si><t>姓名</t></si>"
                              "<si><t>教学点</t></si><si><t>219999199001010016</t></si></sst>";
static const char sheet[] =
        "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>"
        "<row><c t=\"s\"><v>3</v></c><c t=\"s\"><v>1</v></c></row></sheetData></worksheet>";

static void add_part(struct archive *archive, const char *name, const void *data, size_t size)
{
        struct archive_entry *entry = archive_entry_new();

        archive_entry_set_pathname(entry, name);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_size(entry, (la_int64_t)size);
        (void)archive_write_header(archive, entry);
        (void)archive_write_data(archive, data, size);
        archive_entry_free(entry);
}

static void add_sheets(struct archive *archive, const uint8_t *data, size_t size)
{
        for (unsigned i = 0; i < 4; i++) {
                const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
                size_t n = end ? (size_t)(end - data) : size;
                char name[32];

                (void)snprintf(name, sizeof(name), "xl/%u.xml", i);
                add_part(archive, name, data, n);
                data += n + (end != NULL);
                size -= n + (end != NULL);
        }
}

static size_t wrap(int as, const uint8_t *data, size_t size, char *room, size_t room_size)
{
        struct archive *archive = archive_write_new();
        const uint8_t *sheets = as == AS_SHEETS ? data : (const uint8_t *)sheet;
        size_t used = 0;

        (void)archive_write_set_format_zip(archive);
        (void)archive_write_zip_set_compression_store(archive);
        (void)archive_write_open_memory(archive, room, room_size, &used);
        add_part(archive, "xl/workbook.xml", workbook, strlen(workbook));
        if (as == AS_RELATIONS) {
                add_part(archive, "_rels/.rels", data, size);
                add_part(archive, "xl/_rels/workbook.xml.rels", data, size);
        } else
                add_part(archive, "xl/_rels/workbook.xml.rels", relations, strlen(relations));
        if (as == AS_STRINGS)
                add_part(archive, "xl/sharedStrings.xml", data, size);
        else
                add_part(archive, "xl/sharedStrings.xml", strings, strlen(strings));
        add_sheets(archive, sheets, as == AS_SHEETS ? size : strlen(sheet));
        (void)archive_write_close(archive);
        (void)archive_write_free(archive);
        return used;
}

static void check_row(const RosterRow *row)
{
        const char *texts[] = {row->id_number,  row->name,  row->student_no,
                               row->exam_no,    row->point, row->sex,
                               row->class_name, row->level, row->major};

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                assert(texts[i] && strlen(texts[i]) <= 1024 && utf8_valid(texts[i]));
        assert(row->row > 0 && row->id_number[0] != '\0' && !strchr(row->id_number, '/'));
        assert(row->name[0] != '\0' && !strchr(row->point, '/'));
        assert(strlen(row->id_number) <= DOCUMENT_NUMBER_MAX);
}

static int sink_text(const void *data, size_t size, void *userdata)
{
        Text *text = userdata;

        text_append_data(text, data, size);
        return text->error;
}

/* What a reader finds can be handed over. */
static void check_handed_over(const Roster *roster)
{
        _cleanup_(roster_freep) Roster *copy = NULL;
        _cleanup_text_ Text packed = {};

        assert(roster_pack(roster, sink_text, &packed) == 0);
        assert(roster_unpack(packed.data, packed.size, &copy) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_(roster_freep) Roster *roster = NULL;
        _cleanup_free_ char *zip = NULL;
        const size_t room = 2 * size + 8192;
        int as;

        if (size == 0)
                return 0;
        as = data[0] % _AS_MAX;
        if (as != AS_FILE) {
                zip = malloc(room);
                size = wrap(as, data + 1, size - 1, zip, room);
        }
        if (roster_read(zip ? zip : (const char *)data + 1, zip ? size : size - 1, NULL,
                        (Date){2025, 9, 1}, &roster) < 0)
                return 0;
        if (roster->n_errors == 0)
                for (size_t i = 0; i < roster->n_rows; i++)
                        check_row(&roster->rows[i]);
        check_handed_over(roster);
        assert(roster->n_problems <= ROSTER_PROBLEMS_KEPT);
        assert(roster->n_problems <= roster->n_errors + roster->n_warnings);
        for (size_t i = 0; i < roster->n_problems; i++) {
                assert(roster_code_to_string(roster->problems[i].code));
                assert(utf8_valid(roster->problems[i].value));
                assert(utf8_valid(roster->problems[i].sheet));
        }
        return 0;
}
