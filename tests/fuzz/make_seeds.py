#!/usr/bin/python3
"""make_seeds.py DIR: what the fuzzers of the file readers start from, DIR/NAME/*."""
import gzip
import io
import os
import struct
import subprocess
import sys
import zipfile

SHEETS = [
    '<w><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>aa</t></is></c><c r="B1"><v>1.5</v></c></row>'
    '<row r="2"><c t="s"><v>0</v></c><c s="1" t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row></sheetData>'
    '<mergeCells><mergeCell ref="A1:B2"/></mergeCells></w>',
    '<x:w><x:sheetData><x:row><x:c t="str"><x:f>A1</x:f><x:v>=DISPIMG("x",1)</x:v></x:c><x:c><x:f>1+1</x:f></x:c>'
    '<x:c t="d"><x:v>2023-03-05T00:00:00Z</x:v></x:c></x:row></x:sheetData></x:w>',
    '<sst><si><r><t>_x000D_a</t></r><rPh><t>x</t></rPh></si><si><t xml:space="preserve"> b </t></si></sst>',
]
DOCS = [
    '<w:d><w:p><w:r><w:t>aa: x</w:t><w:tab/></w:r></w:p><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/>'
    '<w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>bb</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>'
    '<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:tbl><w:tr><w:tc/></w:tr></w:tbl></w:tc></w:tr></w:tbl></w:d>',
    '<w:d><w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox><w:showingPlcHdr/></w:sdtPr>'
    '<w:sdtContent><w:t>x</w:t></w:sdtContent></w:sdt><w:del><w:delText>y</w:delText></w:del>'
    '<w:sym w:char="F0FE"/><mc:Fallback><w:t>z</w:t></mc:Fallback></w:d>',
]
ODS = [
    '<o><s name="t2"><table-properties display="false"/></s><table name="S" style-name="t2"><table-row '
    'number-rows-repeated="2"><table-cell value-type="float" value="1.5"/><table-cell number-columns-repeated="2" '
    'number-columns-spanned="2"><annotation><p>x</p></annotation><p>aa<s c="3"/>b</p></table-cell></table-row></table>'
    '<named-range name="x_a" cell-range-address="$S.$B$3:.$C$4"/></o>',
    '<o><table name="S"><table-row><table-cell value-type="date" date-value="2023-03-05T00:00:00"/><table-cell '
    'value-type="time" time-value="PT09H30M00S"/><table-cell calcext:value-type="error" formula="x"><p>#N/A</p></table-cell>'
    '<covered-table-cell boolean-value="true" value-type="boolean"/></table-row></table></o>',
]


def old_book(kind):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fixtures/make_xls.py")
    return subprocess.run(["/usr/bin/python3", script, kind], capture_output=True).stdout


FORMS = [
    'aa|x|bb|y\ncc:|z\nda|db\n1|2\n3|4\n', '@1122aa\n1. a a (x):|v\nex|1\ntt\nda|db\nex|2|3\nx|y\ncc',
    'aa:1\nbb:\nlong\n\ntext\n【cc】 v\n',
]


def tnef(*attachments):
    def attr(level, ident, data):
        return struct.pack("<BII", level, ident, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    out = struct.pack("<IH", 0x223E9F78, 1) + attr(1, 0x00069007, struct.pack("<II", 936, 0))
    for title, data in attachments:
        name = title.encode("utf-16-le") + b"\0\0"
        props = struct.pack("<IHHII", 1, 0x1F, 0x3707, 1, len(name)) + name + b"\0" * (-len(name) % 4)
        out += attr(2, 0x00069002, b"\0" * 14) + attr(2, 0x00018010, title.encode("gbk") + b"\0")
        out += attr(2, 0x0006800F, data) + attr(2, 0x00069005, props)
    return out


def cms(mail, pieces):
    """Signed data around a mail, with lengths or without."""
    def value(tag, *parts):
        body = b"".join(parts)
        return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else b"\x82" + struct.pack(">H", len(body))) + body
    data = value(4, mail)
    if pieces:
        data = b"\x24\x80" + value(4, mail[:9]) + value(0x24, value(4, mail[9:])) + b"\0\0"
    oid = bytes.fromhex("06092A864886F70D0107")
    return value(0x30, oid + b"\2", value(0xA0, value(0x30, b"\2\1\1\x31\0", value(0x30, oid + b"\1", value(0xA0, data)))))


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in members:
            z.writestr(name, text)
    return out.getvalue()


BOOK = [("[Content_Types].xml", "<T/>"),
        ("xl/workbook.xml", '<w><sheets><sheet name="S" r:id="r1"/></sheets></w>'),
        ("xl/worksheets/sheet1.xml", SHEETS[0])]
SEEDS = {
    "xlsx": [s.encode() for s in SHEETS],
    "docx": [s.encode() for s in DOCS],
    "message": [b"From: a@b\n\nx\nbegin 644 a.txt\n#:&D*\n`\nend\n",
                b"Subject: x\nContent-Type: application/pkcs7-mime\n\n" + cms(b"Subject: y\n\nhi", True)],
    "smime": [cms(b"Subject: y\n\nhi", False), cms(b"Subject: y\n\nhi there", True)],
    "ods": [s.encode() for s in ODS],
    "xls": [old_book(kind) for kind in ("cells", "odd", "biff5")],
    "form": [s.encode() for s in FORMS],
    "tnef": [tnef(("申报书.txt", b"hello")), tnef(("a", b"x"), ("b", tnef(("c", b"y"))))],
    "archive": [zipped([("申报书.txt", "x"), ("d/a.zip", zipped([("b", "y")]))]), zipped(BOOK), gzip.compress(b"hello"),
                zipped([("word/document.xml", DOCS[0])]), b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c\0\4",
                bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, b"From: a@b\nTo: c@d\n\nx"],
}
for name, seeds in SEEDS.items():
    folder = os.path.join(sys.argv[1], name)
    os.makedirs(folder, exist_ok=True)
    for i, seed in enumerate(seeds):
        with open(os.path.join(folder, "seed%d" % i), "wb") as f:
            f.write(seed)
