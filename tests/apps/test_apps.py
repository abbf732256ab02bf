"""Forms filled in by programs that are not ours, and what the robot writes opened in them.  Needs LibreOffice, Chromium,
Node.js and the network once, for npm."""
import filecmp
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "demo"))
import contest
import dovecot
import forms
import home as homes
import imaphome
import mails
import samples

NOW = "2023-03-30T09:00:00+08:00"
WHERE = os.path.join(homes.BUILD, "apps")
TRACKS = ["T1", "T4", "T7"]
LIMIT = 180
_home = None


def home():
    """The demo's first day, with forms."""
    global _home
    if _home is None:
        _home = homes.Home.fresh(os.path.join(WHERE, "home"))
        _home.run("forms", check=0)
        for _, at, data, _ in samples.first_day(_home):
            _home.lay(data, at)
        _home.run("run", now=NOW, check=0)
    return _home


def run(cmd, **kw):
    r = subprocess.run(cmd, capture_output=True, text=True, timeout=LIMIT, **kw)
    assert r.returncode == 0, (cmd, r.stdout[-800:], r.stderr[-800:])
    return r.stdout


def answers(code):
    """-> path of a JSON file with the answers of a track by the names of their cells."""
    path = os.path.join(WHERE, code + ".json")
    values = contest.answers(contest.load(home().path), code)
    with open(path, "w", encoding="utf-8") as f:
        json.dump({forms.name_of(k): v for k, v in values.items() if v is not None}, f, ensure_ascii=False)
    return path


def valid(path, code):
    r = homes.Home.run(home(), "validate", "--json", path)
    o = json.loads(r.stdout)
    assert o["track"] == code and o["valid"], (os.path.basename(path), o["problems"])
    want = contest.answers(contest.load(home().path), code)
    assert o["fields"]["project.title"] == want["project.title"], o["fields"]
    assert len(o["fields"]) > 30, o["fields"]


# ---- LibreOffice

OFFICE = ["soffice", "-env:UserInstallation=file://" + os.path.join(WHERE, "profile"), "--headless", "--norestore",
          "--nolockcheck"]


def convert(path, to, folder):
    os.makedirs(folder, exist_ok=True)
    run(OFFICE + ["--convert-to", to, "--outdir", folder, path])
    out = os.path.join(folder, os.path.splitext(os.path.basename(path))[0] + "." + to.split(":")[0])
    assert os.path.getsize(out) > 0, out
    return out


def test_libreoffice_saves_what_openpyxl_filled():
    for code in TRACKS:
        path = os.path.join(WHERE, code + "-saved.xlsx")
        with open(path, "wb") as f:
            f.write(samples.form(home(), code))
        valid(convert(path, "xlsx:Calc MS Excel 2007 XML", os.path.join(WHERE, "saved")), code)


def test_libreoffice_saves_an_old_workbook():
    path = os.path.join(WHERE, "old.xlsx")
    with open(path, "wb") as f:
        f.write(samples.form(home(), "T2"))
    valid(convert(path, "xls:MS Excel 97", os.path.join(WHERE, "saved")), "T2")


def test_libreoffice_saves_other_kinds():
    """What it calls so: its own workbook, templates, a workbook with room for macros."""
    path = os.path.join(os.path.dirname(home().path), "kinds.xlsx")
    with open(path, "wb") as f:
        f.write(samples.form(home(), "T5"))
    for to in ("ods", "ots", "xlt", "xlsm:Calc MS Excel 2007 VBA XML"):
        valid(convert(path, to, os.path.join(WHERE, "saved")), "T5")


def test_what_libreoffice_makes_a_web_page_of_is_pasted_into_a_mail():
    path = os.path.join(os.path.dirname(home().path), "pasted.xlsx")
    with open(path, "wb") as f:
        f.write(samples.form(home(), "T4", project__title="粘贴自表格软件的项目", org__name="粘贴科技公司"))
    with open(convert(path, "html:HTML (StarCalc)", os.path.join(WHERE, "saved")), encoding="utf-8") as f:
        page = f.read()
    at = "2023-03-29T10:00:00+08:00"
    home().lay(mails.mail("pasted@example.cn", "T4", "", [("盖章.pdf", samples.PDF)], parts=[mails.text_part(page, subtype="html")]), at)
    home().run("run", now=NOW, check=0)
    m = home().json("log", "--from", "pasted@example.cn", now=NOW)[0]
    assert m["outcome"] == "accepted", m
    whole = home().json("show", m["entry"], now=NOW)[0]
    want = contest.answers(contest.load(home().path), "T4")
    assert whole["title"] == "粘贴自表格软件的项目" and whole["fields"]["content.summary"] == want["content.summary"], whole["fields"]


def test_libreoffice_fills_forms():
    for code in TRACKS:
        pipe, out = "xinlv%d%s" % (os.getpid(), code), os.path.join(WHERE, code + "-libreoffice.xlsx")
        office = subprocess.Popen(OFFICE + ["--accept=pipe,name=%s;urp;" % pipe], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            run(["/usr/bin/python3", os.path.join(HERE, "uno_fill.py"), home().form(code), answers(code), out, pipe])
            office.wait(30)
        finally:
            if office.poll() is None:
                office.kill()
                office.wait()
        valid(out, code)


def pdf_text(path):
    return run(["pdftotext", "-layout", path, "-"])


def opens(path, *words):
    text = re.sub(r"\s", "", pdf_text(convert(path, "pdf", os.path.join(WHERE, "pdf"))))
    for w in words:
        assert w in text, (path, w, text[:400])


def test_forms_open():
    rules = contest.load(home().path)
    for code in rules["tracks"]:
        opens(home().form(code), "项目名称", rules["tracks"][code]["name"])


def test_the_corrected_form_opens():
    """What the robot sent back with the faults marked."""
    found = 0
    for m in home().outbox():
        for part in m.iter_attachments():
            name = part.get_filename() or ""
            if "guangfu" not in str(m["To"]) or not name.endswith(".xlsx"):
                continue
            path = os.path.join(WHERE, "returned.xlsx")
            with open(path, "wb") as f:
                f.write(part.get_payload(decode=True))
            opens(path, "项目名称")
            found += 1
    assert found, "no corrected form was sent"


def test_the_list_opens():
    path = os.path.join(WHERE, "list.xlsx")
    home().run("export", "--format", "xlsx", "-o", path, now=NOW, check=0)
    opens(path, "T4-0001", "寒区数据中心间接蒸发冷却改造")


# ---- JavaScript

def packages():
    """The folder that has what package.json asks for."""
    folder = os.path.join(WHERE, "node")
    wanted = os.path.join(HERE, "package.json")
    there = os.path.join(folder, "package.json")
    if not os.path.exists(os.path.join(folder, "node_modules")) or not filecmp.cmp(wanted, there, shallow=False):
        os.makedirs(folder, exist_ok=True)
        shutil.copy(wanted, folder)
        run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder)
    return folder


def node(library, code):
    folder = packages()
    out = os.path.join(WHERE, "%s-%s.xlsx" % (code, library))
    run(["node", os.path.join(HERE, "fill.mjs"), library, home().form(code), answers(code), out], cwd=folder)
    return out


def test_exceljs_fills_forms():
    for code in TRACKS:
        valid(node("exceljs", code), code)


def test_sheetjs_fills_forms():
    for code in TRACKS:
        valid(node("sheetjs", code), code)


def test_an_imap_server_with_a_strict_grammar():
    """Mail of the demo, over a server that is no Dovecot; it knows no MOVE and tells its capabilities only when asked."""
    mails_ = [m for m in home().json("log", now=NOW) if m["outcome"] in ("accepted", "duplicate", "request")]
    files = [os.path.join(home().path, "spool/archive", m["sha256"][:2], m["sha256"] + ".eml") for m in mails_]
    port = dovecot.free_port()
    server = subprocess.Popen(["node", os.path.join(HERE, "imap.mjs"), str(port), *files], cwd=packages(),
                              stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout.readline() == "up\n"
        h = imaphome.fresh("strict").configure("imap://entries@127.0.0.1:%d/INBOX" % port, "secret", tls="none",
                                               folders="[INBOX, 垃圾邮件]", after="move:done")
        shown = h.run("check", "--online", now=NOW, check=78).stdout  # for the folder that is not there
        assert "INBOX: %d messages" % len(files) in shown and "moved to done\n" in shown, shown
        h.run("run", now=NOW, check=0)
        assert sorted(m["sha256"] for m in h.json("log", now=NOW)) == sorted(m["sha256"] for m in mails_)
        shown = h.run("check", "--online", now=NOW, check=78).stdout
        assert "INBOX: 0 messages" in shown, shown
    finally:
        server.kill()
        server.wait()


# ---- Chromium

BROWSER = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
           "--user-data-dir=" + os.path.join(WHERE, "chromium")]


def ink(path):
    """Which share of a PNG's bytes is not its most frequent byte; 0 of an empty page."""
    with open(path, "rb") as f:
        data = f.read()
    at, packed = 8, b""
    while at < len(data):
        n = int.from_bytes(data[at:at + 4], "big")
        if data[at + 4:at + 8] == b"IDAT":
            packed += data[at + 8:at + 8 + n]
        at += n + 12
    raw = zlib.decompress(packed)
    return 1 - max(raw.count(b) for b in range(256)) / len(raw)


def page(m, name):
    path = os.path.join(WHERE, name + ".html")
    with open(path, "w", encoding="utf-8") as f:
        f.write(m.get_body(("html",)).get_content())
    return path


def test_replies_show():
    """Each kind of reply as a browser draws it; the pictures lie in build/apps."""
    kinds = {m["message_id"].strip("<>"): m["kind"] for m in home().json("queue", now=NOW)}
    seen = set()
    for m in home().outbox():
        kind = kinds.get(m["Message-ID"].strip("<>"), "other")
        if kind in seen:
            continue
        seen.add(kind)
        path = os.path.join(WHERE, kind + ".png")
        run(BROWSER + ["--window-size=900,1400", "--screenshot=" + path, "file://" + page(m, kind)])
        assert ink(path) > 0.01, (kind, ink(path))
    assert "receipt" in " ".join(seen), seen


def test_a_receipt_is_one_page():
    receipts = [m for m in home().outbox() if "lvyuan@qq.com" in str(m["To"])]
    path = os.path.join(WHERE, "receipt.pdf")
    run(BROWSER + ["--no-pdf-header-footer", "--print-to-pdf-no-header", "--print-to-pdf=" + path,
                   "file://" + page(receipts[0], "receipt-page")])
    info = run(["pdfinfo", path])
    assert re.search(r"^Pages: +1$", info, re.M), info
    assert "T4-0001" in pdf_text(path)
