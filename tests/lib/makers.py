"""Filled forms and archives as other programs write them: .xls by xlwt, .docx and .xlsx by their XML, .7z by libarchive's
bsdtar, .rar (stored, RAR 5) by hand, since nothing free packs it."""
import io
import os
import struct
import subprocess
import tempfile
import zipfile
import zlib
from xml.sax.saxutils import escape

import compound
import contest


def grid(rules, code, answers):
    """A form without our names, as somebody retypes it: rows of [label, value], and for a table its title, its columns' labels
    and its rows."""
    rows = [[rules["form"]["title"]]]
    for s in contest.sections(rules, code):
        rows.append([s["title"]])
        for f in s.get("fields") or []:
            if answers.get(f["key"]) is not None:
                rows.append([f["label"], answers[f["key"]]])
        for t in s.get("tables") or []:
            columns = [answers[t["key"] + "." + c["key"]] for c in t["columns"]]
            rows.append([t["label"]])
            rows.append([c["label"] for c in t["columns"]])
            rows += [list(r) for r in zip(*columns)]
            rows.append([])
    return rows


def biff(rows):
    """The stream of an old workbook, without the file around it."""
    import xlwt
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("申报表")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    return book.get_biff_data()


def xls(rows):
    return compound.compound({"Workbook": biff(rows)})


def ods(rows):
    """One table as LibreOffice writes it, to its empty end."""
    def cell(value):
        return ('<table:table-cell office:value-type="string" calcext:value-type="string"><text:p>%s</text:p></table:table-cell>'
                % escape(str(value)))

    def row(cells):
        return ('<table:table-row>%s<table:table-cell table:number-columns-repeated="%d"/></table:table-row>'
                % ("".join(map(cell, cells)), 16384 - len(cells)))
    return zipped([
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
         'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
         'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body><office:spreadsheet>'
         '<table:table table:name="申报表">%s<table:table-row table:number-rows-repeated="%d"><table:table-cell '
         'table:number-columns-repeated="16384"/></table:table-row></table:table></office:spreadsheet></office:body>'
         '</office:document-content>' % ("".join(map(row, rows)), 1048576 - len(rows))),
        ("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'),
    ])


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(rows):
    """One table, a row each."""
    def cell(value):
        return "<w:tc><w:p><w:r><w:t xml:space=\"preserve\">%s</w:t></w:r></w:p></w:tc>" % escape(str(value))

    def table(rows):
        return "<w:tbl>%s</w:tbl>" % "".join("<w:tr>%s</w:tr>" % "".join(map(cell, r)) for r in rows if r)
    return zipped([
        ("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
         'wordprocessingml.document.main+xml"/></Types>'),
        ("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
         'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
         'Target="word/document.xml"/></Relationships>'),
        ("word/document.xml", "<w:document %s><w:body>%s<w:p/></w:body></w:document>" % (W, table(rows))),
    ])


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in members:
            z.writestr(name, data)
    return out.getvalue()


def inserted(book, objects):
    """The workbook or document with objects put into it, as icons or as what they show: (name of the part, its bytes, icon?)."""
    with zipfile.ZipFile(io.BytesIO(book)) as z:
        member = {n: z.read(n) for n in z.namelist()}
    sheet = next((n for n in member if n.startswith("xl/worksheets/sheet")), "word/document.xml")
    folder, base = sheet.rsplit("/", 1)
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    relations, shown = "", ""
    for i, (name, data, icon) in enumerate(objects):
        member[sheet.split("/")[0] + "/embeddings/" + name] = data
        relations += '<Relationship Id="put%d" Type="%s" Target="/%s/embeddings/%s"/>' % (
            i, kinds + ("oleObject" if name.endswith(".bin") else "package"), sheet.split("/")[0], name)
        if sheet.startswith("xl"):
            one = '<oleObject progId="Package" %sshapeId="%d" r:id="put%d"/>' % ('dvAspect="DVASPECT_ICON" ' if icon else "", 1025 + i, i)
            shown += '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x14">' \
                '%s</mc:Choice><mc:Fallback>%s</mc:Fallback></mc:AlternateContent>' % (one, one)
        else:
            shown += '<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" Type="Embed" ProgID="Package" ' \
                'ShapeID="_x0000_i%d" DrawAspect="%s" ObjectID="_%d" r:id="put%d"/></w:object></w:r></w:p>' % (
                    1025 + i, "Icon" if icon else "Content", 1500000000 + i, i)
    rels = folder + "/_rels/" + base + ".rels"
    was = member.get(rels, b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>')
    member[rels] = was.replace(b"</Relationships>", relations.encode() + b"</Relationships>")
    end = b"</worksheet>" if sheet.startswith("xl") else b"</w:body>"
    space = b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    shown = ("<oleObjects%s>%s</oleObjects>" % (space.decode(), shown) if sheet.startswith("xl") else shown.replace(
        "<w:object>", "<w:object%s>" % space.decode())).encode()
    assert end in member[sheet] and b"</Relationships>" in member[rels]
    member[sheet] = member[sheet].replace(end, shown + end)
    return zipped(member.items())


def seven(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files:
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        return subprocess.run(["bsdtar", "-C", folder, "--format=7zip", "-cf", "-"] + [n for n, _ in files], check=True,
                              capture_output=True, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout


def vint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def rar(files):
    """The layout of the public technote: signature, main header, a header and bytes a file, end."""
    def block(head, data=b""):
        whole = vint(len(head)) + head
        return struct.pack("<I", zlib.crc32(whole)) + whole + data

    out = b"Rar!\x1a\x07\x01\x00" + block(b"\1\0\0")
    for name, data in files:
        raw, n = name.encode(), vint(len(data))
        head = b"\2\2" + n + b"\4" + n + b"\0" + struct.pack("<I", zlib.crc32(data)) + b"\0\1" + vint(len(raw)) + raw
        out += block(head, data)
    return out + block(b"\5\0\0")
