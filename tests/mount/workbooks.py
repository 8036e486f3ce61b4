# SPDX-License-Identifier: MIT
"""Workbooks for tests: by hand, with whatever parts and cells a test wants, and by the programs that people have.

A workbook is a list of sheets, and a sheet is {"name": ..., "hidden": bool, "rows": [[cell, ...], ...]}. A cell is a text, a whole
number, None, or {"date": "1990-01-01"}; made by hand it may also be raw("<c .../>").
"""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_DOCUMENT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


class raw(str):
    """A cell as it stands in the XML."""


def sheet(name, *rows, hidden=False):
    return {"name": name, "hidden": hidden, "rows": [list(row) for row in rows]}


# ---- by hand ----

def cell(value):
    if isinstance(value, raw):
        return value
    if value is None:
        return "<c/>"
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def relations(document, *items):
    links = "".join(f'<Relationship Id="{key}" Type="{document}/{kind}" Target="{target}"/>' for key, kind, target in items)
    return f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'


def by_hand(sheets, folder="xl/", book="workbook.xml", target="worksheets/sheet{}.xml", strings=None, strict=False):
    """The bytes of a workbook. target: where the sheets are, as the relationships say; strings: the XML of shared ones."""
    main, document = (STRICT_MAIN, STRICT_DOCUMENT) if strict else (MAIN, DOCUMENT)
    links = [(f"rId{i}", "worksheet", target.format(i)) for i in range(1, len(sheets) + 1)]
    tabs = "".join(f'<sheet name={quoteattr(s["name"])} sheetId="{i}" {"state=" + quoteattr("hidden") if s["hidden"] else ""} '
                   f'r:id="rId{i}"/>' for i, s in enumerate(sheets, 1))
    parts = {
        "_rels/.rels": relations(document, ("a", "officeDocument", folder + book)),
        folder + book: f'<workbook xmlns="{main}" xmlns:r="{document}"><sheets>{tabs}</sheets></workbook>',
    }
    if strings is not None:
        links.append(("s", "sharedStrings", "texts.xml"))
        parts[folder + "texts.xml"] = f'<sst xmlns="{main}">{strings}</sst>'
    parts[f"{folder}_rels/{book}.rels"] = relations(document, *links)
    for (_, _, place), s in zip(links, sheets):
        rows = "".join(f'<row>{"".join(cell(value) for value in row)}</row>' for row in s["rows"])
        path = os.path.normpath(os.path.join("/", folder, place)).lstrip("/")
        parts[path] = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return buffer.getvalue()


# ---- by the programs that people have: each reads the sheets as JSON and writes the file that is named ----

OPENPYXL = """
import datetime, json, sys, openpyxl
book = openpyxl.Workbook(write_only=WRITE_ONLY)
if not WRITE_ONLY:
    book.remove(book.active)
for s in json.load(sys.stdin):
    sheet = book.create_sheet(s["name"])
    sheet.sheet_state = "hidden" if s["hidden"] else "visible"
    for row in s["rows"]:
        sheet.append([datetime.date.fromisoformat(c["date"]) if isinstance(c, dict) else c for c in row])
book.save(sys.argv[1])
"""
XLSXWRITER = """
import datetime, json, sys, xlsxwriter
book = xlsxwriter.Workbook(sys.argv[1], {"constant_memory": CONSTANT_MEMORY})
bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
for s in json.load(sys.stdin):
    sheet = book.add_worksheet(s["name"])
    if s["hidden"]:
        sheet.hide()
    for r, row in enumerate(s["rows"]):
        for c, value in enumerate(row):
            if isinstance(value, dict):
                sheet.write_datetime(r, c, datetime.datetime.fromisoformat(value["date"]), day)
            elif isinstance(value, str) and len(value) == 2:
                sheet.write_rich_string(r, c, bold, value[0], value[1])
            elif isinstance(value, str) and value.isdigit():
                sheet.write_formula(r, c, '="' + value + '"', None, value)
            else:
                sheet.write(r, c, value)
book.close()
"""
PERL = r"""
use strict; use JSON::PP; use Excel::Writer::XLSX;
my $book = Excel::Writer::XLSX->new($ARGV[0]);
my $day = $book->add_format(num_format => 'yyyy-mm-dd');
for my $s (@{decode_json(do { local $/; <STDIN> })}) {
    my $sheet = $book->add_worksheet($s->{name});
    $sheet->hide() if $s->{hidden};
    my $r = 0;
    for my $row (@{$s->{rows}}) {
        my $c = 0;
        for my $value (@$row) {
            if (ref $value) { $sheet->write_date_time($r, $c, $value->{date} . 'T', $day) }
            elsif (defined $value && $value =~ /^\d{9,}$/) { $sheet->write_string($r, $c, $value) }
            elsif (defined $value) { $sheet->write($r, $c, $value) }
            $c++;
        }
        $r++;
    }
}
$book->close();
"""
NODE_HEAD = """
const sheets = JSON.parse(require("fs").readFileSync(0, "utf8")), file = process.argv[1];
const value = c => c && c.date ? new Date(c.date + "T00:00:00Z") : c;
"""
NODE = {
    "exceljs": """
const book = new (require("exceljs").Workbook)();
for (const s of sheets) {
  const sheet = book.addWorksheet(s.name, {state: s.hidden ? "veryHidden" : "visible"});
  for (const row of s.rows) sheet.addRow(row.map(value));
}
book.xlsx.writeFile(file);
""",
    "exceljs stream": """
const book = new (require("exceljs").stream.xlsx.WorkbookWriter)({filename: file, useSharedStrings: false});
for (const s of sheets) {
  const sheet = book.addWorksheet(s.name, {state: s.hidden ? "hidden" : "visible"});
  for (const row of s.rows) sheet.addRow(row.map(value)).commit();
  sheet.commit();
}
book.commit();
""",
    "xlsx": """
const XLSX = require("xlsx"), book = XLSX.utils.book_new();
for (const s of sheets) XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(s.rows.map(r => r.map(value)), {UTC: true}), s.name);
book.Workbook = {Sheets: sheets.map(s => ({name: s.name, Hidden: s.hidden ? 1 : 0}))};
XLSX.writeFile(book, file);
""",
    "xlsx shared strings": """
const XLSX = require("xlsx"), book = XLSX.utils.book_new();
for (const s of sheets) XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(s.rows.map(r => r.map(value)), {UTC: true}), s.name);
book.Workbook = {Sheets: sheets.map(s => ({name: s.name, Hidden: s.hidden ? 2 : 0}))};
XLSX.writeFile(book, file, {bookSST: true, compression: true});
""",
    "xlsx-populate": """
require("xlsx-populate").fromBlankAsync().then(book => {
  for (const s of sheets) book.addSheet(s.name).cell("A1").value(s.rows.map(r => r.map(value)));
  book.deleteSheet(0);
  for (const s of sheets) if (s.hidden) book.sheet(s.name).hidden(true);
  return book.toFileAsync(file);
});
""",
    "excel4node": """
const book = new (require("excel4node").Workbook)();
for (const s of sheets) {
  const sheet = book.addWorksheet(s.name, {hidden: s.hidden});
  s.rows.forEach((row, r) => row.forEach((c, i) => {
    const at = sheet.cell(r + 1, i + 1);
    if (c && c.date) at.date(new Date(c.date + "T00:00:00Z")); else if (typeof c == "number") at.number(c); else if (c) at.string(c);
  }));
}
book.write(file);
""",
}
# Where its modules are; scripts/test puts them there.
NODE_MODULES = os.environ.get("IDPHOTO_NODE_MODULES", "")


def flat_xml(sheets):
    """An OpenDocument of one file, which LibreOffice and Gnumeric read."""
    names = {"office": "office", "table": "table", "text": "text", "style": "style"}
    spaces = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in names.items())
    tables = ""
    for s in sheets:
        rows = ""
        for row in s["rows"]:
            cells = ""
            for value in row:
                if isinstance(value, dict):
                    cells += f'<table:table-cell office:value-type="date" office:date-value="{value["date"]}"/>'
                elif isinstance(value, int):
                    cells += f'<table:table-cell office:value-type="float" office:value="{value}"/>'
                else:
                    cells += f'<table:table-cell office:value-type="string"><text:p>{escape(value or "")}</text:p></table:table-cell>'
            rows += f"<table:table-row>{cells}</table:table-row>"
        style = ' table:style-name="gone"' if s["hidden"] else ""
        tables += f'<table:table table:name={quoteattr(s["name"])}{style}>{rows}</table:table>'
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.2" '
            'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:automatic-styles>'
            '<style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/></style:style>'
            f'</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document>')


class Absent(Exception):
    """The program is not here."""


def feed(sheets, *command, env=None):
    result = subprocess.run(command, input=json.dumps(sheets).encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                            check=False)
    if result.returncode != 0:
        raise AssertionError(f"{command[0]} failed: {result.stdout.decode(errors='replace')}")


def with_python(module, source):
    def write(sheets, path):
        # The system's, which has the packages, and not one that somebody has put before it.
        for python in ("/usr/bin/python3", sys.executable):
            if subprocess.run([python, "-c", f"import {module}"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
                return feed(sheets, python, "-c", source, path)
        raise Absent(f"no {module}")
    return write


def with_perl(sheets, path):
    if subprocess.run(["perl", "-MExcel::Writer::XLSX", "-e1"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        raise Absent("no Excel::Writer::XLSX")
    feed(sheets, "perl", "-e", PERL, path)


def with_node(name):
    def write(sheets, path):
        if not shutil.which("node") or not os.path.isdir(os.path.join(NODE_MODULES or "/nonexistent", name.split()[0])):
            raise Absent(f"no {name.split()[0]} in IDPHOTO_NODE_MODULES")
        feed(sheets, "node", "-e", NODE_HEAD + NODE[name], path, env={**os.environ, "NODE_PATH": NODE_MODULES})
    return write


def converted(sheets, path, command):
    source = os.path.splitext(path)[0] + ".fods"
    with open(source, "w", encoding="utf-8") as f:
        f.write(flat_xml(sheets))
    feed(sheets, *command(source))


def with_libreoffice(sheets, path):
    if not shutil.which("soffice"):
        raise Absent("no LibreOffice")
    directory = os.path.dirname(path)
    converted(sheets, path, lambda source: (
        "soffice", f"-env:UserInstallation=file://{directory}/office-profile", "--headless", "--convert-to", "xlsx", "--outdir",
        directory, source))


PROGRAMS = {
    "openpyxl": with_python("openpyxl", OPENPYXL.replace("WRITE_ONLY", "False")),
    "openpyxl, streaming": with_python("openpyxl", OPENPYXL.replace("WRITE_ONLY", "True")),
    "XlsxWriter": with_python("xlsxwriter", XLSXWRITER.replace("CONSTANT_MEMORY", "False")),
    "XlsxWriter, streaming": with_python("xlsxwriter", XLSXWRITER.replace("CONSTANT_MEMORY", "True")),
    "Excel::Writer::XLSX": with_perl,
    "LibreOffice": with_libreoffice,
    **{name: with_node(name) for name in NODE},
}
