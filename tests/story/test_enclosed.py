"""Files that came beside a form and cannot be opened: the form is judged all the same, what holds them is filed as it came,
and one sentence says why nobody looked inside."""
import io
import os
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

NOW = "2023-03-30T09:00:00+08:00"
AT = "2023-03-29T09:00:00+08:00"
PARTS = 1000  # REPORT_MAX_PARTS


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files:
            z.writestr(name, data)
    return out.getvalue()


def locked(data):
    """The zip with the flag of encryption set on each member, in both places."""
    b = bytearray(data)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = b.find(mark)
        while at >= 0:
            b[at + flags] |= 1
            at = b.find(mark, at + 4)
    return bytes(b)


def deep(data):
    """A mail in a mail in a mail..."""
    for i in range(10):
        data = (b"Content-Type: multipart/mixed; boundary=\"b%d\"\r\n\r\n--b%d\r\nContent-Type: message/rfc822\r\n\r\n"
                b"%s\r\n--b%d--\r\n" % (i, i, data, i))
    return "Content-Type: message/rfc822\r\n\r\n" + data.decode()


def try_one(name, files, parts=(), said=None):
    """A form beside `files`; then the files alone, as a supplement.  -> names filed with the entry, and its warnings."""
    home = homes.Home.fresh(os.path.join(homes.STORY, name))
    home.run("forms", check=0)
    form = samples.form(home, "T4", project__title="外送材料核对示例项目")
    home.lay(mails.mail("a@enclosed.example.cn", "申报", "见附件", [("申报表.xlsx", form)] + files, parts=parts), AT)
    home.lay(mails.mail("b@enclosed.example.cn", "帮助"), AT)
    home.run("run", now=NOW, check=0)
    log = {m["from"][0]: m for m in home.json("log", now=NOW)}
    assert log["a"]["outcome"] == "accepted" and log["b"]["outcome"] == "request", log
    warnings = [p["problem"] for p in log["a"]["problems"] if said in p["problem"]]
    assert len(warnings) == 1, (name, log["a"]["problems"])
    shown = home.json("show", log["a"]["entry"], now=NOW)[0]
    receipt = [m for m in home.outbox() if "a@enclosed" in str(m["To"])][0]
    assert said in receipt.get_body(("plain",)).get_content(), name
    home.lay(mails.mail("a@enclosed.example.cn", "Re: %s 补充材料" % log["a"]["entry"], "", files, parts=parts), AT)
    home.run("run", now=NOW, check=0)
    last = home.json("log", "--outcome", "supplement", now=NOW)
    assert len(last) == 1 and len([p for p in last[0]["problems"] if said in p["problem"]]) == 1, (name, last)
    home.run("verify", now=NOW, check=0)
    return [f["name"] for f in shown["files"]]


def test_locked_archive():
    files = [("证明.zip", locked(zipped([("盖章.pdf", b"%PDF-1.4 a"), ("报告.pdf", b"%PDF-1.4 b")])))]
    assert try_one("locked", files, said="设有密码") == ["申报表.xlsx", "证明.zip"]


def test_bomb():
    files = [("证明.zip", zipped([("大.pdf", b"\0" * 300_000_000), ("小.pdf", b"%PDF-1.4 b")]))]
    assert try_one("bomb", files, said="无法解压查看") == ["申报表.xlsx", "证明.zip"]


def test_cut_archive():
    files = [("证明.zip", zipped([("甲.pdf", os.urandom(20000)), ("乙.pdf", os.urandom(20000))])[:30000])]
    assert try_one("cut", files, said="已损坏或不完整") == ["申报表.xlsx", "证明.zip", "甲.pdf"]


def test_mails_in_mails():
    inner = mails.mail("c@enclosed.example.cn", "旧信", "你好")
    names = try_one("deep", [("说明.txt", "说明".encode())], parts=[deep(inner)], said="无法解压查看")
    assert "申报表.xlsx" in names and "说明.txt" in names, names


def test_more_files_than_are_read():
    files = [("第%d页.txt" % i, b"%d" % i) for i in range(PARTS + 100)]
    assert len(try_one("many", files, said="超过%d个" % PARTS)) == PARTS


def test_form_behind_too_many_files():
    home = homes.Home.fresh(os.path.join(homes.STORY, "behind"))
    home.run("forms", check=0)
    files = [("第%d页.txt" % i, b"%d" % i) for i in range(PARTS + 1)] + [("申报表.xlsx", samples.form(home, "T4"))]
    home.lay(mails.mail("a@enclosed.example.cn", "申报", "见附件", files), AT)
    home.run("run", now=NOW, check=0)
    m = home.json("log", now=NOW)[0]
    assert m["outcome"] == "rejected" and "文件太多" in m["problems"][0]["problem"], m
    answer = home.outbox()[0].get_body(("plain",)).get_content()
    assert m["problems"][0]["problem"] in answer, answer


def test_the_same_form_again_brings_what_was_forgotten():
    home = homes.Home.fresh(os.path.join(homes.STORY, "forgotten"))
    home.run("forms", check=0)
    form, sender = samples.form(home, "T4"), "a@enclosed.example.cn"

    def send(at, now, *files):
        home.lay(mails.mail(sender, "申报", "见附件", [("申报表.xlsx", form)] + list(files)), at)
        home.run("run", now=now, check=0)
        m = home.json("log", now=now)[-1]
        return m["outcome"], [x for x in home.outbox() if "<%s>" % m["message_id"] == x["In-Reply-To"]][0]
    seal, report = ("盖章.pdf", b"%PDF-1.4 a"), ("检测报告.pdf", b"%PDF-1.4 b")
    number = "T4-0001"
    assert send(AT, NOW, seal)[0] == "accepted"
    assert send(AT, NOW, seal)[0] == "duplicate"
    outcome, answer = send(AT, NOW, seal, report)
    text = answer.get_body(("plain",)).get_content()
    assert outcome == "supplement" and "检测报告.pdf" in text and "不再登记" in text and "盖章.pdf" not in text, text
    assert send(AT, NOW, seal, report)[0] == "duplicate"
    files = [(f["name"], f["supplement"]) for f in home.json("show", number, now=NOW)[0]["files"]]
    assert files == [("申报表.xlsx", False), ("盖章.pdf", False), ("检测报告.pdf", True)], files
    home.lay(mails.mail(sender, "补充材料", "见附件", [("专利.pdf", b"%PDF-1.4 d")]), AT)
    home.run("run", now=NOW, check=0)
    answer = [x for x in home.outbox() if "只收到扫描件" in x["Subject"]][0].get_body(("plain",)).get_content()
    assert "如是为已登记的申报（%s）补充材料" % number in answer, answer
    later = "2023-04-02T09:00:00+08:00"
    outcome, answer = send(later, later, ("证书.pdf", b"%PDF-1.4 c"))
    assert outcome == "late" and "证书.pdf" in answer.get_body(("plain",)).get_content(), outcome
    home.run("verify", now=later, check=0)
    assert home.run("replay", now=later).returncode == 0


def test_more_forms_than_are_judged():
    home = homes.Home.fresh(os.path.join(homes.STORY, "forms"))
    home.run("forms", check=0)
    form = samples.form(home, "T4")
    home.lay(mails.mail("a@enclosed.example.cn", "申报", "", [("全部.zip", zipped([("%d/申报表.xlsx" % i, form) for i in range(201)]))]), AT)
    home.run("run", now=NOW, check=0)
    m = home.json("log", now=NOW)[0]
    assert m["outcome"] == "accepted" and [p for p in m["problems"] if "超过200份" in p["problem"]], m
