#!/usr/bin/python3
"""make_seeds.py DIR: what the fuzzers of the file readers start from, DIR/NAME/*."""
import ast
import gzip
import io
import os
import struct
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import compound

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
def rules_seeds():
    """Each file of the small contest of the unit tests, as its own seed."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
    with open(os.path.join(root, "tests/unit/rules_fixture.h"), encoding="utf-8") as f:
        header = f.read()
    out = []
    for i, name in enumerate(("small_contest", "small_form", "small_mail", "small_track", "small_track2")):
        body = header.split("char %s[] =" % name, 1)[1].split(";\n", 1)[0]
        text = "".join(ast.literal_eval(line.strip()) for line in body.splitlines() if line.strip().startswith('"'))
        out.append(bytes([i]) + text.encode())
    with open(os.path.join(root, "templates/words.yaml"), "rb") as f:
        return out + [bytes([5]) + f.read()[:4000]]


HASH = "0" * 64
JOURNAL = [
    '{"line":1,"kind":"rules","at":"2023-03-01T09:00:00+08:00","prev":"%s","after":0,"sha256":"%s","name":"e"}' % (HASH, HASH),
    '{"line":2,"kind":"message","at":"2023-03-01T09:00:00+08:00","prev":"%s","seq":1,"taken":"2023-03-01T09:00:01+08:00",'
    '"sha256":null,"head":"%s","bytes":7,"source":"imap:u@h/INBOX#1.2"}' % (HASH, HASH),
    '{"line":3,"kind":"action","at":-5,"prev":"%s","after":1,"name":"purged robot","text":"{\\"snapshot\\":\\"\\"}"}' % HASH,
    '{"line":4,"kind":"sent","at":"2023-03-01T09:00:00+08:00","prev":"%s","after":1,"text":"<a@b> <c@d>"}' % HASH,
]
OK = "\1 OK done\r\n"
IMAP = [
    "\0".join(["* OK IMAP4rev1\r\n", "* CAPABILITY IMAP4rev1 UIDPLUS MOVE QUOTA ID\r\n" + OK, OK,
               "* CAPABILITY IMAP4rev1 ID QUOTA NAMESPACE\r\n" + OK, "* ID NIL\r\n" + OK,
               "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\n\1 OK [READ-ONLY] done\r\n",
               '* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 10 100)\r\n' + OK,
               '* NAMESPACE (("INBOX." ".")) NIL (("#shared." ".")("shared." "."))\r\n' + OK, OK,
               '* 1 FETCH (UID 3 RFC822.SIZE 5 INTERNALDATE " 1-Mar-2023 09:00:00 +0800")\r\n' + OK,
               "* 1 FETCH (UID 3 BODY[] {5}\r\nhello)\r\n" + OK, "* 1 FETCH (BODY[HEADER] {2}\r\n\r\n)\r\n" + OK, OK]),
    "* BYE\r\n", "\0".join(["* PREAUTH x\r\n"] + ["* BAD x\r\n\1 NO [ALERT] 中文\r\n"] * 8),
]
TOKEN = "eligibility:office::T4-0001:1:aaaaaaaaaaaaaaaaaaaaaaaa"
SEEDS = {
    "imap": [s.encode() for s in IMAP],
    "journal": [s.encode() for s in JOURNAL],
    "json": [b'{"a":[1,-2.5e3,"\\u4e2d\\ud83d\\ude00",true,null,{}]}', b"[[[[]]]]"],
    "decision": [("编号|决定|理由|_xinlv\na|通过||%s\nb|||x\n#_xinlv\nkind|decision\nedition|e\nmade|m\nopen|创新性&备注\n" % TOKEN).encode(),
                 ("a|通过|r|%s\n" % TOKEN).encode()],
    "rules": rules_seeds(),
    "template": [b"{{n}} {{#l}}{{v}}{{#m}}{{w}}{{/m}}{{/l}}{{^t}}x{{/t}}{{>foot}}{{! c}}{{c}}{{#d}}{{e}}{{/d}}", b"{{>self}}", b"{{#l}}{{#l}}{{/l}}"],
    "text": [b"Mon, 6 Mar 2023 09:00:00 +0800 (CST)", b"2023-03-01T09:00:00+08:00", b"&V4NXPpCuTvY-/INBOX", TOKEN.encode(),
             "550 授权码 frequency limited 13800138000".encode(), "Ｔ４－０００７".encode()],
    "records": [bytes([i]) + b"\0" * 400 for i in range(4)],
    "xlsx": [s.encode() for s in SHEETS],
    "docx": [s.encode() for s in DOCS],
    "message": [("Return-Path: <>\nFrom: MAILER-DAEMON@qq.com\nSubject: 系统退信\nContent-Type: multipart/report; report-type=delivery-status; "
                 "boundary=b\n\n--b\n\n由以下原因被退回：收件人不存在\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; qq.com\n\n"
                 "Final-Recipient: rfc822; a@b.cn\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no\n--b\n"
                 "Content-Type: text/rfc822-headers\n\nMessage-ID: <r1@robot>\nTo: a@b.cn\n--b--\n").encode(),
                b"From: a@b\n\nx\nbegin 644 a.txt\n#:&D*\n`\nend\n",
                b"Subject: x\nContent-Type: application/pkcs7-mime\n\n" + cms(b"Subject: y\n\nhi", True)],
    "smime": [cms(b"Subject: y\n\nhi", False), cms(b"Subject: y\n\nhi there", True)],
    "ods": [s.encode() for s in ODS],
    "xls": [old_book(kind) for kind in ("cells", "odd", "biff5")],
    "form": [s.encode() for s in FORMS],
    "tnef": [tnef(("申报书.txt", b"hello")), tnef(("a", b"x"), ("b", tnef(("c", b"y"))))],
    "msg": [compound.msg([("申报书.txt", b"hello"), ("a", b"x" * 5000)], header="From: a@b.cn\r\nContent-Type: x\r\n\r\n", body="hi"),
            compound.msg([("m", compound.saved([("b", b"y")], sender="c@d.cn"))], narrow="gb18030")],
    "inserted": [compound.packaged("申报书.txt", b"hello"), compound.packaged("a", b"x" * 5000, wide=False),
                 compound.compound({"CONTENTS": b"%PDF-1.4"}), compound.compound({"Package": zipped([("word/document.xml", "x")])})],
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
