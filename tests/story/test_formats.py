"""Every kind of file that may carry a form, through the real walled reader: old workbooks, documents, archives.  A library
that needs a file behind the walls fails here and nowhere else."""
import binascii
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import compound
import contest
import home as homes
import mails
import makers
import samples

NOW = "2023-03-30T09:00:00+08:00"
AT = "2023-03-29T09:00:00+08:00"
WHERE = homes.STORY
_home = None


def home():
    global _home
    if _home is None:
        _home = homes.Home.fresh(WHERE)
        _home.run("forms", check=0)
    return _home


def rows(title):
    rules = contest.load(home().path)
    return makers.grid(rules, "T4", contest.answers(rules, "T4", project__title=title, org__name=title + "有限公司"))


def take(name, data, sender):
    """Mails the file with a stamped page; the message as the log tells it."""
    files = [(name, data), ("盖章扫描件.pdf", samples.PDF)]
    home().lay(mails.mail(sender, "赛项四 申报表", "请查收", files, charset="gb18030"), "2023-03-29T09:00:00+08:00")
    home().run("run", now=NOW, check=0)
    return home().json("log", "--from", sender, now=NOW)[0]


def accepted(name, data, title):
    m = take(name, data, name.replace(".", "-").encode("ascii", "ignore").decode() + "@example.cn")
    assert m["outcome"] == "accepted", (name, m["outcome"], [(p["field"], p["problem"]) for p in m["problems"]])
    whole = home().json("show", m["entry"], now=NOW)[0]
    assert whole["title"] == title and whole["tables"]["members"], whole
    home().run("verify", now=NOW, check=0)
    return whole


def test_xls():
    accepted("a.xls", makers.xls(rows("老式工作簿")), "老式工作簿")


def test_what_is_put_into_a_file_is_not_the_file():
    """Office keeps what is inserted as an object in storages below, under the names it has in a file of its own, and in any order."""
    other, put_in = makers.biff(rows("插入的表")), {"Workbook": b"x" * 5000}
    whole = compound.compound({"MBD0018D4CE": {"Workbook": other}, "Workbook": makers.biff(rows("外面的表"))})
    accepted("q.xls", whole, "外面的表")
    letter = compound.compound({"ObjectPool": {"_1": put_in}, "WordDocument": b"\xec\xa5" + b"x" * 5000})
    assert "Word" in take("r.doc", letter, "doc@example.cn")["problems"][0]["problem"]
    form = samples.form(home(), "T4", project__title="邮件中有对象", org__name="对象公司")
    tree = compound.saved([("申报表.xlsx", form)])
    tree = {"__attach_version1.0_#00000009": {"__substg1.0_3701000D": put_in}, **tree}
    assert accepted("s.msg", compound.compound(tree), "邮件中有对象")


def test_rows_and_columns_put_in():
    """openpyxl moves the cells alone: names and merged cells stay where they were."""
    import openpyxl
    for i, (axis, at) in enumerate((("rows", 10), ("rows", 60), ("rows", 140), ("rows", 160), ("cols", 2), ("cols", 4))):
        title = "插入行列之%d" % i
        wb = openpyxl.load_workbook(io.BytesIO(samples.form(home(), "T4", project__title=title, org__name=title + "有限公司")))
        getattr(wb["申报表"], "insert_" + axis)(at)
        out = io.BytesIO()
        wb.save(out)
        accepted("put-in-%d.xlsx" % i, out.getvalue(), title)


def test_ods():
    accepted("f.ods", makers.ods(rows("开放文档表格")), "开放文档表格")


def test_docx():
    accepted("b.docx", makers.docx(rows("文档表格")), "文档表格")


def test_what_holds_no_form_is_called_by_its_kind():
    """The same by mail and by validate: what came, and what to send."""
    for name, data, word in (("申报表.csv", "项目名称,某项目\r\n".encode("gbk"), "文本文件"),
                             ("申报表.xls", b"<html><table><tr><td>x</td></tr></table></html>", "网页文件"),
                             ("申报表.fods", b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:'
                              b'xmlns:office:1.0"/>', "文本文件")):
        sender = "kind-%s@example.cn" % name.split(".")[1]
        home().lay(mails.mail(sender, "申报", "见附件", [(name, data)]), AT)
        home().run("run", now=NOW, check=0)
        m = home().json("log", "--from", sender, now=NOW)[0]
        said = m["problems"][0]["problem"]
        assert m["outcome"] == "rejected" and word in said and "另存为" in said, m
        answer = [x for x in home().outbox() if sender in str(x["To"])][0].get_body(("plain",)).get_content()
        assert word in answer and "Excel工作簿" in answer, answer
        path = os.path.join(WHERE, name)
        with open(path, "wb") as f:
            f.write(data)
        r = home().run("validate", "--json", path, check=1)
        assert json.loads(r.stdout)["problems"][0]["problem"] == said, r.stdout


def test_what_is_not_read_is_told_what_to_do():
    """A package is one file, whatever it is made of; a piece of a split archive is no damaged one."""
    form = samples.form(home(), "T4", project__title="分卷压缩测试项目")
    whole, cut = makers.seven([("申报表.xlsx", form)]), makers.rar([("申报表.xlsx", form)])[:5000]
    binary = makers.zipped([("[Content_Types].xml", "<Types/>"), ("xl/workbook.bin", "x")])
    pages = makers.zipped([("OFD.xml", "<x/>"), ("Doc_0/Document.xml", "<x/>")])
    for name, data, words in (("材料.7z.001", whole[:9000], ("分卷", "不要分卷")), ("材料.part1.rar", cut, ("分卷", "材料.part1.rar")),
                              ("材料.rar", cut, ("可能设有密码", "没有完整上传")), ("申报表.xlsb", binary, ("二进制", "另存为")),
                              ("申报表.ofd", pages, ("申报表.ofd", "补发填写好的申报表")),
                              ("~$申报表.xlsx", b"\5user" + b" " * 160, ("临时文件", "不带~$")),
                              ("申报表.xlsx.xz", b"\xfd7zXZ\0" + b"x" * 60, ("改用zip格式",)),
                              ("申报.msg", compound.msg(), ("Outlook", "另存到电脑"))):
        sender = "kind-%s@example.cn" % name.encode().hex()
        home().lay(mails.mail(sender, "申报", "见附件", [(name, data)]), AT)
        home().run("run", now=NOW, check=0)
        m = home().json("log", "--from", sender, now=NOW)[0]
        assert m["outcome"] == "rejected" and all(w in m["problems"][0]["problem"] for w in words), m
        answer = [x for x in home().outbox() if sender in str(x["To"])][0].get_body(("plain",)).get_content()
        assert all(w in answer for w in words[:1]), answer
    files = [("申报表.xlsx", form), ("红头文件.ofd", pages), ("盖章.pdf", samples.PDF), ("图纸.zip.001", whole[:900])]
    home().lay(mails.mail("beside@example.cn", "申报", "见附件", files), AT)
    home().run("run", now=NOW, check=0)
    m = home().json("log", "--from", "beside@example.cn", now=NOW)[0]
    assert m["outcome"] == "accepted" and any("分卷" in p["problem"] for p in m["problems"]), m
    filed = home().json("show", m["entry"], now=NOW)[0]["files"]
    assert {(f["name"], f["type"]) for f in filed} >= {("红头文件.ofd", "ofd"), ("申报表.xlsx", "xlsx")}, filed
    assert len(filed) == len(files), filed


def test_7z():
    form = samples.form(home(), "T4", project__title="七压缩包", org__name="七号科技公司")
    whole = accepted("c.7z", makers.seven([("申报表.xlsx", form), ("说明.txt", b"x")]), "七压缩包")
    assert {"申报表.xlsx", "说明.txt"} <= {f["name"] for f in whole["files"]}, whole["files"]


def test_rar():
    form = samples.form(home(), "T4", project__title="另一种压缩包", org__name="拉链科技公司")
    whole = accepted("d.rar", makers.rar([("申报表.xlsx", form), ("说明.txt", b"x")]), "另一种压缩包")
    assert {"申报表.xlsx", "说明.txt"} <= {f["name"] for f in whole["files"]}, whole["files"]


def test_a_mail_that_outlook_saved():
    """Attached to another: its files are those of the mail, names in the old way and the new, small ones and large ones."""
    for i, narrow in enumerate((None, "gb18030")):
        title, letter = "转存的邮件%s" % "一二"[i], "邮件%d.msg" % i
        form = samples.form(home(), "T4", project__title=title, org__name=title + "公司")
        files = [("申报表.xlsx", form), ("说明.txt", "短".encode())]
        whole = accepted(letter, compound.msg(files, narrow=narrow), title)
        assert {f["name"] for f in whole["files"]} >= {"申报表.xlsx", "说明.txt"}, whole["files"]
        assert len(form) > compound.CUTOFF and [f["bytes"] for f in whole["files"] if f["name"] == "说明.txt"] == [3]


def test_a_mail_in_a_mail_that_outlook_saved():
    form = samples.form(home(), "T4", project__title="邮件中的邮件", org__name="套娃公司")
    inner = compound.saved([("申报表.xlsx", form)], sender="somebody@example.cn")
    whole = accepted("e.msg", compound.msg([("转发：申报", inner)]), "邮件中的邮件")
    assert {"申报表.xlsx", "盖章扫描件.pdf"} <= {f["name"] for f in whole["files"]}, whole["files"]


def test_a_saved_mail_that_goes_in_circles():
    """A tree that comes back to itself, storages in each other, streams that are all the same bytes: what can be read is read once."""
    form = samples.form(home(), "T4", project__title="循环目录", org__name="循环公司")
    tree = compound.saved([("申报表.xlsx", form), ("封面", compound.saved())])

    def circle(entries):
        names = [e[0] for e in entries]
        attachment = [i for i, n in enumerate(names) if n.startswith("__attach")]
        inner = names.index("__substg1.0_3701000D")
        entries[inner][4] = attachment[0]          # the inner mail has its own attachment inside
        entries[attachment[1]][3] = attachment[0]  # and the last of the outer ones is followed by the first
        entries[attachment[0]][2] = attachment[1]

    assert accepted("f.msg", compound.compound(tree, circle), "循环目录")
    many = compound.compound(compound.saved([("%d.bin" % i, form) for i in range(40)]), lambda entries: [
        e.__setitem__(5, 0) or e.__setitem__(6, len(form)) for e in entries if e[0] == "__substg1.0_37010102"])
    m = take("g.msg", many, "circle@example.cn")
    assert m["outcome"] in ("accepted", "rejected", "duplicate"), m
    cut = compound.msg([("申报表.xlsx", form)])
    for n in (600, len(cut) // 2, len(cut) - 700):
        m = take("h.msg", cut[:n], "cut%d@example.cn" % n)
        assert m["outcome"] == "rejected" and m["problems"], m


def entry_of(files, sender):
    """What became of a mail with these files and no other; the entry's own."""
    home().lay(mails.mail(sender, "赛项四 申报表", "请查收", files), AT)
    home().run("run", now=NOW, check=0)
    m = home().json("log", "--from", sender, now=NOW)[0]
    assert m["outcome"] == "accepted", (m["outcome"], [(p["field"], p["problem"]) for p in m["problems"]])
    home().run("verify", now=NOW, check=0)
    return [{(f["name"], f["bytes"], f["role"]) for f in home().json("show", n, now=NOW)[0]["files"]} for n in m["entries"]]


def test_files_inserted_in_a_form():
    """The page that is asked for lies in the form itself: as a file of the packager's, named in GBK or in Unicode, by an icon with a
    caption, or as the document that it shows."""
    pdf, large = samples.PDF, samples.PDF + b"\n%" + b"x" * 70000
    word = makers.docx([["说明", "一"]])
    objects = ((compound.packaged("盖章扫描件.pdf", pdf), "盖章扫描件.pdf", len(pdf)),
               (compound.packaged("盖章扫描件.pdf", large, wide=False), "盖章扫描件.pdf", len(large)),
               (compound.packaged("盖章页.pdf", large, label="双击打开"), "盖章页.pdf", len(large)),
               (compound.packaged("盖章~1.pdf", pdf, label="盖章扫描件（正式）.pdf"), "盖章扫描件（正式）.pdf", len(pdf)),
               (compound.compound({"CONTENTS": large, "\x01Ole": b"x"}), "oleObject1.pdf", len(large)),
               (compound.compound({"Package": pdf}), "oleObject1.pdf", len(pdf)))
    for i, (data, name, size) in enumerate(objects):
        form = samples.form(home(), "T4", project__title="表中有附件之%d" % i, org__name="附件%d公司" % i)
        put = [("oleObject1.bin", data, i % 2 == 0), ("Microsoft_Word_Document1.docx", word, False)]
        files, = entry_of([("申报表.xlsx", makers.inserted(form, put))], "inserted%d@example.cn" % i)
        assert (name, size) in {(n, b) for n, b, _ in files}, (name, files)
        assert ("Microsoft_Word_Document1.docx", len(word)) in {(n, b) for n, b, _ in files} and len(files) == 3, files
    old = {"Workbook": makers.biff(rows("旧表中有附件")), "MBD0018D4CE": compound.package("盖章扫描件.pdf", large),
           "MBD0018D4CF": {"CONTENTS": pdf}, "MBD0018D4D0": {"Workbook": makers.biff(rows("不是另一份"))}}
    files, = entry_of([("申报表.xls", compound.compound(old))], "inserted-xls@example.cn")
    assert {(n, b) for n, b, _ in files} >= {("盖章扫描件.pdf", len(large)), ("MBD0018D4CF.pdf", len(pdf))} and len(files) == 3, files
    document = makers.inserted(makers.docx(rows("文档中有附件")), [("oleObject9.bin", objects[0][0], True)])
    files, = entry_of([("申报表.docx", document)], "inserted-docx@example.cn")
    assert "盖章扫描件.pdf" in {n for n, _, _ in files}, files


def test_what_a_form_only_shows_is_no_file():
    """Tables, charts and equations stand in a document as objects, too."""
    form = samples.form(home(), "T4", project__title="表中有图表", org__name="图表公司")
    table = samples.form(home(), "T4", project__title="不是另一份", org__name="图表公司")
    put = [("Microsoft_Excel_Worksheet.xlsx", table, False), ("oleObject1.bin", compound.compound({"Equation Native": b"x" * 90}), False),
           ("oleObject2.bin", compound.packaged("半截.pdf", b"x" * 9000)[:3000], True), ("oleObject3.bin", b"no object at all", True)]
    files, = entry_of([("申报表.xlsx", makers.inserted(form, put)), ("盖章扫描件.pdf", samples.PDF)], "shown@example.cn")
    assert {n for n, _, _ in files} == {"申报表.xlsx", "盖章扫描件.pdf"}, files
    told = [p["problem"] for p in home().json("log", "--from", "shown@example.cn", now=NOW)[0]["problems"]]
    assert [t for t in told if "oleObject2.bin" in t] and not [t for t in told if "oleObject1.bin" in t], told


def test_a_picture_in_the_form_is_no_file():
    """Pasted into a cell or beside the table: whoever is asked for the scan is told that this was none; a scan that is inserted
    is one."""
    h = homes.Home.fresh(os.path.join(WHERE, "asked"))
    path = h.path + "/rules/form.yaml"
    with open(path, encoding="utf-8") as f:
        rules = f.read()
    assert rules.count("label: 盖章扫描件\n    required: false") == 1
    with open(path, "w", encoding="utf-8") as f:
        f.write(rules.replace("label: 盖章扫描件\n    required: false", "label: 盖章扫描件\n    required: true"))
    h.run("forms", check=0)
    picture, scan = [("xl/media/image1.png", b"\x89PNG\r\n\x1a\n")], [("oleObject1.bin", compound.packaged("公章页.pdf", samples.PDF), True)]
    for i, (pictures, inserted) in enumerate((([], []), (picture, []), (picture, scan))):
        form = makers.inserted(samples.form(h, "T4", project__title="表中贴图之%d" % i, org__name="贴图公司"), inserted)
        form = zipfile.ZipFile(io.BytesIO(form))
        form = makers.zipped([(n, form.read(n)) for n in form.namelist()] + pictures)
        sender = "pasted%d@example.cn" % i
        h.lay(mails.mail(sender, "赛项四 申报表", "请查收", [("申报表.xlsx", form)]), AT)
        h.run("run", now=NOW, check=0)
        m = h.json("log", "--from", sender, now=NOW)[0]
        told = [p["problem"] for p in m["problems"] if p["severity"] == "error"]
        assert m["outcome"] == ("accepted" if inserted else "rejected") and len(told) == (0 if inserted else 1), m
        assert not told or ("图片不算附件" in told[0]) == bool(pictures), m


def test_each_form_keeps_what_is_inserted_in_it():
    files = []
    for i in (1, 2):
        form = samples.form(home(), "T4", project__title="各有附件%d" % i, org__name="各有公司")
        files.append(("申报表%d.xlsx" % i, makers.inserted(form, [("oleObject1.bin", compound.packaged("盖章.pdf", samples.PDF + b"%%%d" % i), True)])))
    home().lay(mails.mail("each@example.cn", "赛项四", "两个项目", files), AT)
    home().run("run", now=NOW, check=0)
    m = home().json("log", "--from", "each@example.cn", now=NOW)[0]
    assert m["outcome"] == "accepted" and len(m["entries"]) == 2 and not [p for p in m["problems"] if "盖章" in p["problem"]], m
    hashes = set()
    for n in m["entries"]:
        entry = home().json("show", n, now=NOW)[0]["files"]
        assert len(entry) == 2, entry
        hashes |= {f["sha256"] for f in entry}
    assert len(hashes) == 4, hashes


def test_an_xls_inside_a_7z():
    accepted("e.7z", makers.seven([("申报表.xls", makers.xls(rows("包中旧表")))]), "包中旧表")


def test_signed_as_a_whole_and_encrypted():
    """By openssl, as Outlook does it: what is signed is read, what is encrypted is answered."""
    form = samples.form(home(), "T4", project__title="签名邮件", org__name="签名科技公司")
    inner = mails.mail("smime@example.cn", "赛项四 申报表", "请查收", [("申报表.xlsx", form), ("盖章扫描件.pdf", samples.PDF)])
    head, body = inner.split(b"MIME-Version: 1.0\r\n", 1)
    with tempfile.TemporaryDirectory() as folder:
        key, cert = folder + "/key.pem", folder + "/cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-subj",
                        "/CN=smime@example.cn", "-days", "2"], check=True, capture_output=True)

        def wrap(*how):
            return subprocess.run(["openssl", "smime"] + list(how), input=body, check=True, capture_output=True).stdout
        signed = wrap("-sign", "-nodetach", "-binary", "-signer", cert, "-inkey", key)
        locked = wrap("-encrypt", "-aes256", "-binary", cert)
    home().lay(head + signed, "2023-03-29T09:00:00+08:00")
    home().lay(head.replace(b"smime@", b"locked@") + locked, "2023-03-29T09:00:01+08:00")
    home().run("run", now=NOW, check=0)
    m = home().json("log", "--from", "smime@example.cn", now=NOW)[0]
    assert m["outcome"] == "accepted", m
    whole = home().json("show", m["entry"], now=NOW)[0]
    assert whole["title"] == "签名邮件" and "盖章扫描件.pdf" in {f["name"] for f in whole["files"]}, whole["files"]
    m = home().json("log", "--from", "locked@example.cn", now=NOW)[0]
    assert m["outcome"] == "rejected" and "加密" in m["problems"][0]["problem"], m
    answer = [x for x in home().outbox() if x["To"].endswith("locked@example.cn")][0]
    assert "加密" in answer["Subject"] and "数字签名可以保留" in answer.get_body(("plain",)).get_content(), answer


def test_files_in_the_text_of_a_mail():
    """uuencode, as old programs on servers write it."""
    def coded(name, data):
        out = ["begin 644 " + name]
        out += [binascii.b2a_uu(data[i:i + 45]).decode().rstrip("\n") for i in range(0, len(data), 45)]
        return "\r\n".join(out + ["`", "end", ""])
    form = samples.form(home(), "T4", project__title="正文编码", org__name="编码科技公司")
    text = "您好，附件见下。\r\n\r\n" + coded("form.xlsx", form) + "\r\n" + coded("scan.pdf", samples.PDF)
    head = mails.mail("uu@example.cn", "赛项四 申报表", "x").split(b"Content-Type: text/plain")[0]
    home().lay(head + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text.encode(),
               "2023-03-29T09:00:00+08:00")
    home().run("run", now=NOW, check=0)
    m = home().json("log", "--from", "uu@example.cn", now=NOW)[0]
    assert m["outcome"] == "accepted", m
    assert {f["name"] for f in home().json("show", m["entry"], now=NOW)[0]["files"]} == {"form.xlsx", "scan.pdf"}


def test_a_form_pasted_into_the_mail():
    """From a workbook or a document: paragraphs in the cells, the labels' hints on lines of their own."""
    cells = [["<p>%s</p>" % (("%s<br>（必填）" % v) if c == 0 and len(r) == 2 else v) for c, v in enumerate(r)] for r in rows("粘贴表格")]
    html = "<p>您好</p><table>%s</table>" % "".join("<tr>%s</tr>" % "".join("<td>%s</td>" % c for c in r) for r in cells)
    home().lay(mails.mail("paste@example.cn", "赛项四 申报表", "", [("盖章扫描件.pdf", samples.PDF)],
                          parts=[mails.text_part(html, subtype="html")]), "2023-03-29T09:00:00+08:00")
    home().run("run", now=NOW, check=0)
    m = home().json("log", "--from", "paste@example.cn", now=NOW)[0]
    assert m["outcome"] == "accepted", m
    whole = home().json("show", m["entry"], now=NOW)[0]
    assert whole["title"] == "粘贴表格" and whole["tables"]["members"][0]["name"] == "张三", whole


def test_a_form_pasted_as_lines_that_the_program_broke():
    """format=flowed: Apple Mail and phones break long lines of a text; a row of a table is one line to its sender."""
    def flowed(line):
        out = [line[i:i + 30] for i in range(0, len(line), 30)] or [""]
        return " \r\n".join(out)
    text = "\r\n".join(flowed("\t".join(map(str, r))) for r in rows("折行粘贴"))
    head = mails.mail("flowed@example.cn", "赛项四 申报表", "x").split(b"Content-Type: text/plain")[0]
    home().lay(head + b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
               + text.encode(), AT)
    home().run("run", now=NOW, check=0)
    m = home().json("log", "--from", "flowed@example.cn", now=NOW)[0]
    assert m["outcome"] == "accepted", m
    whole = home().json("show", m["entry"], now=NOW)[0]
    assert whole["title"] == "折行粘贴" and whole["tables"]["members"][0]["name"] == "张三", whole


def test_inspect_goes_through_the_walls():
    for name, data, kind in (("a.xls", makers.xls(rows("x")), "workbook"), ("a.ods", makers.ods(rows("x")), "workbook"),
("a.7z", makers.seven([("b.txt", b"x")]), "archive"),
                             ("a.rar", makers.rar([("b.txt", b"x")]), "archive"), ("a.docx", makers.docx(rows("x")), "document")):
        path = os.path.join(WHERE, name)
        with open(path, "wb") as f:
            f.write(data)
        o = home().json("inspect", path)[0]
        assert o["kind"] == kind, (name, o)
        if kind == "workbook":
            assert o["sheets"][0]["cells"]["A3"] and "统一社会信用代码" in o["sheets"][0]["cells"].values(), o
        if kind == "archive":
            assert "b.txt" in str(o), o
