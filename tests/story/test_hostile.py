"""Bad input, each through the whole program: its own clear answer or quarantine, within 2 seconds of processor time and
256 MiB, and the next mail is read as if nothing had been."""
import functools
import io
import json
import os
import re
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import contest
import forms
import home as homes
import mails
import makers
import samples

NOW = "2023-03-30T09:00:00+08:00"
AT = "2023-03-29T09:00:00+08:00"
WHERE = homes.STORY
SANITIZED = "san" in os.path.basename(homes.BUILD)
CPU, MEMORY = 2.0, 256 << 20
_home = None

# A small process of its own starts the program: a child's peak memory begins with its parent's.
MEASURE = """import json, os, resource, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
u = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([status, u.ru_utime + u.ru_stime, u.ru_maxrss * 1024]))"""


def home():
    global _home
    if _home is None:
        _home = homes.Home.fresh(os.path.join(WHERE, "home"))
        _home.run("forms", check=0)
        _home.run("run", now=NOW, check=0)
    return _home


def measured(h, *args):
    """-> exit status, processor seconds of all processes, bytes of the largest."""
    cmd = ["/usr/bin/python3", "-S", "-c", MEASURE, homes.PROGRAM, "-C", h.path, "--now", NOW] + list(args)
    r = subprocess.run(cmd, capture_output=True, text=True)
    return json.loads(r.stdout.splitlines()[-1]) + [r.stderr]


def one_of(rows, what):
    assert len(rows) == 1, (what, rows)
    return rows[0]


def answer_to(h, address):
    """The text of all that was sent to an address."""
    found = [m for m in h.outbox() if address in str(m["To"])]
    return "\n".join(str(m["Subject"]) + "\n" + m.get_body(("plain",)).get_content() for m in found)


def try_one(name, data, sender):
    """Lays the mail and a harmless one behind it; the hostile one as the log tells it, and what its sender was told."""
    h = home()
    h.lay(data, AT)
    after = "after-%s@example.cn" % name
    h.lay(mails.mail(after, "帮助", ""), AT)
    status, cpu, memory, said = measured(h, "run")
    print("    %-28s %5.2f s %5.0f MiB" % (name, cpu, memory / 2**20))
    assert status == 0, (name, status, said)
    assert one_of(h.json("log", "--from", after, now=NOW), name)["outcome"] == "request"
    if not SANITIZED:
        assert cpu < CPU, "%s took %.2f s" % (name, cpu)
        assert memory < MEMORY, "%s took %d MiB" % (name, memory >> 20)
    m = one_of(h.json("log", "--from", sender, now=NOW), name)
    return m, answer_to(h, sender)


# ---- the samples

def form(title="坏件逐一试过", **override):
    return samples.form(home(), "T4", **{"org__name": "逐一试过科技有限公司", "project__title": title, **override})


def repacked(data, change):
    """The workbook with members changed: change(name, bytes) -> bytes, or None to leave the member out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
    return out.getvalue()


def in_sheets(data, old, new):
    def change(name, raw):
        return re.sub(old, new, raw) if name.startswith("xl/worksheets/sheet") else raw
    return repacked(data, change)


def with_doctype():
    bomb = (b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
            b'<!ENTITY d SYSTEM "file:///etc/passwd">]>')
    return in_sheets(form(), rb"(<(?:\w+:)?worksheet)", bomb + rb"\1")


def bomb_workbook():
    """One sheet that unpacks to half a gigabyte of blanks."""
    z = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form())) as old, zipfile.ZipFile(z, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.startswith("xl/worksheets/sheet1."):
                new.writestr(name, old.read(name))
                continue
            with new.open(name, "w", force_zip64=True) as f:
                for _ in range(32):
                    f.write(b" " * (1 << 24))
    return z.getvalue()


def bomb_zip():
    """Zips in zips, and half a gigabyte of zeros in the innermost."""
    z = io.BytesIO()
    with zipfile.ZipFile(z, "w", zipfile.ZIP_DEFLATED) as new, new.open("0", "w", force_zip64=True) as f:
        for _ in range(32):
            f.write(b"\0" * (1 << 24))
    data = z.getvalue()
    for level in range(2):
        data = makers.zipped([("%d-%d.zip" % (level, i), data) for i in range(10)])
    return data


def another_edition():
    """Our own form, by a hidden sheet that tells of another edition."""
    edition = contest.load(home().path)["contest"]["edition"].encode()
    return repacked(form(), lambda name, raw: raw.replace(edition, b"qita-2019"))


def another_track():
    """Our own form, for a track that this contest has not."""
    return repacked(form(), lambda name, raw: re.sub(rb"(>)T4(<)", rb"\1T9\2", raw))


def formulas():
    """A formula as openpyxl writes it: nothing is computed, no value stands beside it."""
    return form('=CONCATENATE("逐一","试过")')


def long_number():
    return form(org__uscc=9.1310000772142e17)


def styled_rows():
    """Behind the form, sixty thousand rows of styled, empty cells."""
    rows = b"".join(b'<row r="%d">%s</row>' % (r, b"".join(b'<c r="%c%d" s="1"/>' % (65 + c, r) for c in range(8)))
                    for r in range(2000, 62000))
    return in_sheets(form("六万空行"), rb"(</(?:\w+:)?sheetData>)", lambda m: rows + m[1])


def raw_mail(sender, subject, head, body):
    plain = mails.mail(sender, subject, "").split(b"\r\n\r\n")[0].split(b"\r\n")
    kept = [line for line in plain if not line.lower().startswith(b"content-")]
    return b"\r\n".join(kept + head) + b"\r\n\r\n" + body


def quote_boundary(sender):
    part = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "赛项四 申报表见附件".encode() + b"\r\n"
    return raw_mail(sender, "申报表", [b'Content-Type: multipart/mixed; boundary="'], b'--"\r\n' + part + b'--"--\r\n')


def flat_parts(sender, n):
    return raw_mail(sender, "T4 申报表", [b"Content-Type: multipart/mixed; boundary=b"],
                    b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * n + b"--b--\r\n")


def with_file(sender, data, name="申报表.xlsx", subject="申报表"):
    return mails.mail(sender, subject, "", [(name, data), ("盖章.pdf", samples.PDF)])


# name: (mail, given its sender; outcome; words of the answer, None when there is none)
BAD = {
    "no-use": (lambda s: mails.mail(s, "asdf", "qwer 1234"), "unrecognised", "未能判断"),
    "no-body": (lambda s: raw_mail(s, "", [], b""), "rejected", "没有正文，也没有附件"),
    "one-line": (lambda s: ("From: %s\r\n\r\n" % s).encode(), "rejected", "没有正文，也没有附件"),
    "not-filled": (lambda s: with_file(s, open(home().form("T4"), "rb").read()), "rejected", "没有填写内容"),
    "no-workbook": (lambda s: with_file(s, "这不是工作簿。".encode() * 50), "rejected", "无法打开"),
    "encrypted": (lambda s: with_file(s, samples.OLE_ENCRYPTED), "rejected", "设有打开密码"),
    "truncated": (lambda s: with_file(s, form()[:9000]), "rejected", "不完整或已损坏"),
    "workbook-bomb": (lambda s: with_file(s, bomb_workbook()), "rejected", "申报表过大"),
    "zip-bomb": (lambda s: with_file(s, bomb_zip(), "材料.zip"), "rejected", "过大"),
    "doctype": (lambda s: with_file(s, with_doctype()), "rejected", "无法打开"),
    "another-contest": (lambda s: with_file(s, samples.other_contest()), "rejected", "没有找到参赛申报表"),
    "another-edition": (lambda s: with_file(s, another_edition()), "rejected", "不是本届大赛的申报表"),
    "unknown-track": (lambda s: with_file(s, another_track()), "rejected", "与所报赛项不符"),
    "track-in-subject": (lambda s: with_file(s, form("另一赛项"), subject="赛项五 申报表"), "accepted", "已按申报表登记"),
    "no-cached-value": (lambda s: with_file(s, formulas()), "rejected", "公式"),
    "code-as-float": (lambda s: with_file(s, long_number()), "rejected", "后几位已经丢失"),
    "styled-rows": (lambda s: with_file(s, styled_rows()), "accepted", "申报已登记"),
    "quote-boundary": (quote_boundary, "rejected", "没有找到参赛申报表"),
    "nested-parts": (lambda s: samples.nested(50000).replace(b"poison@example.com", s.encode()), "rejected", "层数过多"),
    "flat-parts": (lambda s: flat_parts(s, 200000), "quarantined", "未能读取"),
}


@functools.cache
def mail_of(name):
    return BAD[name][0](name + "@example.com")


def bad(name):
    _, outcome, words = BAD[name]
    m, told = try_one(name, mail_of(name), name + "@example.com")
    assert m["outcome"] == outcome, (name, m["outcome"], m["problems"])
    assert words in told, (name, words, told)
    return m


def _each(name):
    def test():
        bad(name)
    return test


for _name in BAD:
    if _name != "flat-parts":
        globals()["test_bad_" + _name.replace("-", "_")] = _each(_name)


def test_what_kills_the_reader():
    """More parts than memory holds: the message lies in quarantine with the reason, its sender is answered, and those
    before and behind it are read."""
    if SANITIZED:
        return
    m = bad("flat-parts")
    folder = os.path.join(home().path, "spool/quarantine")
    assert sorted(os.listdir(folder)) == [m["sha256"] + ".eml", m["sha256"] + ".txt"], os.listdir(folder)
    with open(os.path.join(folder, m["sha256"] + ".txt"), encoding="utf-8") as f:
        note = f.read()
    assert "MiB in use" in note and m["sha256"] in note, note
    home().run("verify", now=NOW, check=0)


def test_all_of_it_in_one_run():
    """And once more in one mailbox, as one reader meets it."""
    h = homes.Home.fresh(os.path.join(WHERE, "together"))
    h.run("forms", check=0)
    names = [n for n in BAD if n != "flat-parts" or not SANITIZED]
    for name in names:
        h.lay(mail_of(name), AT)
    h.run("run", now=NOW, check=0)
    got = {m["from"].split("@")[0]: m["outcome"] for m in h.json("log", now=NOW)}
    want = {n: BAD[n][1] for n in names}
    assert got == want, {n: got.get(n) for n in names if got.get(n) != want[n]}
    h.run("verify", now=NOW, check=0)


# ---- rules with a mistake

# what: (file, what stands there, what is written instead, words of the complaint)
MISTAKES = {
    "an unknown key": ("contest.yaml", "zone: Asia", "zoen: Asia", ["zone"]),
    "a date that is none": ("contest.yaml", "closes: 2023-03-31", "closes: 2023-02-30", ["2023-02-30"]),
    "a zone that is none": ("contest.yaml", "Asia/Shanghai", "Asia/Shanghia", ["Asia/Shanghia"]),
    "a full-width colon": ("contest.yaml", "website: ", "website：", ["："]),
    "a condition that is none": ("contest.yaml", "org.registered = '中国境内'", "org.registered = = 1", ["org.registered"]),
    "a field nobody knows": ("contest.yaml", "org.registered = '中国境内'", "org.regstered = '中国境内'", ["org.regstered"]),
    "a function nobody knows": ("contest.yaml", "org.registered = '中国境内'", "random() > 0", ["random"]),
    "a sample that fails": ("form.yaml", "pass: [数据中心间接蒸发冷却节能改造", "pass: [Data Centre", ["Data Centre"]),
    "a pattern that is none": ("form.yaml", r"pattern: '.*\p{Han}.*\p{Han}.*'", r"pattern: '(.*\p{Han}'", ["pattern"]),
    "a kind that is none": ("form.yaml", "kind: longtext", "kind: lontext", ["lontext"]),
    "a track's direction": ("tracks/%s", "direction: B", "direction: C", ["direction"]),
    "a server that is none": ("mail.yaml", "url: maildir:spool/inbox", "url: imp://x/INBOX", ["imp://"]),
    "a list left open": ("mail.yaml", "trusted_authserv: []", "trusted_authserv: [", []),
}


def test_mistakes_in_the_rules():
    h = homes.Home.fresh(os.path.join(WHERE, "mistakes"))
    h.run("check", check=0)
    track = next(n for n in os.listdir(h.path + "/rules/tracks") if n.startswith("T4") or "4" in n)
    for what, (name, old, new, words) in MISTAKES.items():
        name = name % track if "%" in name else name
        path = os.path.join(h.path, "rules", name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        assert old in text, (what, old)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))
        line = text[:text.index(old)].count("\n") + 1
        said = h.run("check", check=78).stderr
        places = [int(n) for n in re.findall(re.escape(name) + r":(\d+):\d+: ", said)]
        assert places and "Sanitizer" not in said, (what, said)
        # One fault looks like many: no name stands before it.
        assert re.match(r"rules/[^\n:]+:\d+:\d+: ", said) and said.splitlines()[-1].startswith("xinlv: the rules have "), (what, said)
        assert line in places, (what, line, said)
        assert all(w in said for w in words), (what, words, said)
        assert os.listdir(h.path + "/spool/archive") == [], what
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    h.run("check", check=0)


def test_a_track_with_another_ending_is_not_passed_over():
    h = homes.Home.fresh(os.path.join(WHERE, "ending"))
    with open(h.path + "/rules/tracks/T8.yml", "w") as f:
        f.write("code: T8\nname: x\n")
    assert "rules/tracks/T8.yml:1:1: the files here end in .yaml" in h.run("check", check=78).stderr
    os.remove(h.path + "/rules/tracks/T8.yml")
    with open(h.path + "/rules/tracks/T1.yaml.bak", "w") as f:
        f.write("what an editor left\n")
    h.run("check", check=0)


# ---- folders that cannot be written to

# Root may write anywhere; without this it may not.
POWERLESS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def powerless(h):
    r = subprocess.run(POWERLESS + [homes.PROGRAM, "-C", h.path, "--now", NOW, "run"], capture_output=True, text=True)
    return r.returncode, r.stderr


def end_of(h):
    queue = [(m["kind"], m["to"], m["subject"], m["state"], m["message_id"]) for m in h.json("queue", now=NOW)]
    sent = sorted(os.listdir(h.path + "/spool/outbox/new"))
    return h.json("log", now=NOW), h.json("list", now=NOW), queue, sent, sorted(os.listdir(h.path + "/spool/tracks"))


def lay_some(h):
    h.lay(mails.mail("one@example.cn", "T4", "", [("申报表.xlsx", samples.form(h, "T4")), ("盖章.pdf", samples.PDF)],
                     message_id="<1@example.cn>"), AT)
    h.lay(mails.mail("two@example.cn", "帮助", "", message_id="<2@example.cn>"), AT)


def read_only_begin():
    """A home with one mail read in it, and two more waiting."""
    h = homes.Home.fresh(os.path.join(WHERE, "base"))
    h.run("forms", check=0)
    h.lay(mails.mail("zero@example.cn", "帮助", "", message_id="<0@example.cn>"), AT)
    h.run("run", now=NOW, check=0)
    lay_some(h)
    return h


def modes(path, without_write):
    """Takes the right to write from a file, or a folder and the folders in it; -> what stood there before."""
    paths = [path]
    if os.path.isdir(path):
        paths += [os.path.join(f, d) for f, dirs, _ in os.walk(path) for d in dirs]
    before = [(p, os.stat(p).st_mode & 0o7777) for p in paths]
    for p, mode in before:
        os.chmod(p, mode & ~0o222 if without_write else mode)
    return before


def test_a_read_only_folder():
    base = read_only_begin()
    plain = base.copy(os.path.join(WHERE, "plain"))
    plain.run("run", now=NOW, check=0)
    want = end_of(plain)
    for what in ("spool", "spool/archive", "spool/archive/journal", "spool/tracks", "spool/outbox", "spool/inbox",
                 "spool/xinlv.db"):
        h = base.copy(os.path.join(WHERE, "read-only"))
        before = modes(os.path.join(h.path, what), True)
        status, said = powerless(h)
        for p, mode in before:
            os.chmod(p, mode)
        assert status == 74, (what, status, said)
        assert os.path.basename(what) in said and "Sanitizer" not in said, (what, said)
        # Nothing was filed or sent that is not on record.
        outcomes = {m["from"]: m["outcome"] for m in h.json("log", now=NOW)}
        sent = {str(m["To"]) for m in h.outbox()}
        assert len(outcomes) >= len(sent), (what, outcomes, sent)
        h.run("run", now=NOW, check=0)
        got = end_of(h)
        assert got == want, (what, [(a, b) for a, b in zip(want, got) if a != b])
        h.run("verify", now=NOW, check=0)
