#!/usr/bin/python3
"""make bench: what a mail costs.  Lays N mails with filled workbooks, a third of them with a file besides, into the Maildir of
the contest in tests/bench/contest, runs the robot, and does so at two sizes: the cost of a mail must not grow with their
number.  Figures to build/bench.md.  usage: bench.py [SMALL LARGE [ROUNDS]]"""
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import contest
import home as homes
import mails
import makers

NOW, AT = "2026-12-01T09:00:00+08:00", "2026-11-15T09:00:00+08:00"
WHERE = os.path.join(homes.BUILD, "bench")
WORDS = ("项目 研究 技术 数据 系统 平台 应用 服务 管理 创新 发展 建设 质量 安全 标准 检测 分析 设计 生产 工艺 材料 设备 环境 能源 "
         "通过 采用 结合 针对 实现 提高 降低 解决 完成 形成 建立 开展 推动 支持 保障 提升 优化 改进 验证 试验 示范 推广 合作").split()
CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


# ---- mails

def text(r, low, high):
    out, n = "", r.randint(low, high)
    while len(out) < n:
        out += r.choice(WORDS) + ("，" if r.random() < 0.2 else "")
    return out[:n]


def uscc(r):
    s = "91" + "".join(r.choice("0123456789") for _ in range(6)) + "".join(r.choice(CODE) for _ in range(9))
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    return s + CODE[-sum(CODE.index(c) * w for c, w in zip(s, weights)) % 31]


def identity(r):
    s = "%s%04d%02d%02d%03d" % (r.choice(("110101", "310104", "440305")), r.randint(1955, 2000), r.randint(1, 12),
                                r.randint(1, 28), r.randint(1, 999))
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return s + "10X98765432"[sum(int(c) * w for c, w in zip(s, weights)) % 11]


def value(r, field):
    """Something that the rules take, by the field's kind."""
    kind, key = field.get("kind", "text"), field["key"]
    if field.get("identity"):
        return identity(r)
    if kind == "choice":
        return r.choice(field["choices"])
    if kind in ("integer", "number"):
        return r.randint(1, 500)
    made = {"uscc": uscc, "email": lambda r: "sb%d@example.cn" % r.randint(1, 10**6), "postcode": lambda r: "100%03d" % r.randint(0, 999),
            "mobile": lambda r: "138%08d" % r.randint(0, 10**8 - 1), "longtext": lambda r: text(r, 300, 1800),
            "date": lambda r: "2026-%02d-%02d" % (r.randint(1, 12), r.randint(1, 28))}
    return made[kind](r) if kind in made else text(r, 4, 20)


def answers(r, rules):
    """[label, value] rows, then the member table; one in twelve has a fault."""
    section = rules["form"]["sections"][0]
    fields = [{**f, "choices": contest.choices_of(rules, f)} if "choices" in f else f for f in section["fields"]]
    values = {f["key"]: value(r, f) for f in fields}
    values["money.ask"] = min(values["money.ask"], values["money.total"])
    fault = r.random()
    if fault < 0.08:
        key, wrong = r.choice((("contact.mobile", "12345"), ("project.title", None), ("org.uscc", "123")))
        values[key] = wrong
    table = section["tables"][0]
    rows = [[f["label"], values[f["key"]]] for f in fields] + [[], [table["label"]], [c["label"] for c in table["columns"]]]
    for i in range(r.randint(15, 22)):
        rows.append([i + 1] + [value(r, c) for c in table["columns"][1:]])
    return values, rows


def workbook(rows):
    cells = ""
    for n, row in enumerate(rows, 1):
        cells += '<row r="%d">' % n
        for c, v in enumerate(row):
            place = "%c%d" % (65 + c, n)
            if isinstance(v, int):
                cells += '<c r="%s"><v>%d</v></c>' % (place, v)
            elif v is not None:
                cells += '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (place, escape(v))
        cells += "</row>"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/"
    return makers.zipped([
        ("[Content_Types].xml", '<Types xmlns="%scontent-types"><Default Extension="rels" ContentType="application/vnd.'
         'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>' % package),
        ("_rels/.rels", '<Relationships xmlns="%srelationships"><Relationship Id="r1" Type="%s/officeDocument" '
         'Target="xl/workbook.xml"/></Relationships>' % (package, rel)),
        ("xl/workbook.xml", '<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="申报表" sheetId="1" r:id="r1"/></sheets>'
         '</workbook>' % (main, rel)),
        ("xl/_rels/workbook.xml.rels", '<Relationships xmlns="%srelationships"><Relationship Id="r1" Type="%s/worksheet" '
         'Target="worksheets/sheet1.xml"/></Relationships>' % (package, rel)),
        ("xl/worksheets/sheet1.xml", '<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (main, cells))])


def lay(home, n):
    """The mails of seed n into the inbox; their bytes."""
    rules, r, total = contest.load(home.path), random.Random(20230331), 0
    for i in range(n):
        values, rows = answers(r, rules)
        files = [("申报表.xlsx", workbook(rows))]
        if r.random() < 0.3:
            files.append(("证明材料.pdf", b"%PDF-1.4\n" + r.randbytes(r.randint(200000, 600000))))
        data = mails.mail("sb%06d@example.cn" % i, "项目申报", text(r, 20, 200), files, message_id="<%d@example.cn>" % i)
        home.lay(data, AT, "%d.M%06d.bench" % (homes.moment(AT), i))
        total += len(data)
    return total


# ---- measuring

class Peaks(threading.Thread):
    """Looks at the largest resident set so far of a process and those below it, by the program's name."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.kib, self.done = pid, {}, False

    def look(self, pid):
        try:
            with open("/proc/%d/status" % pid) as f:
                status = dict(line.split(":", 1) for line in f)
            with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
                below = [int(p) for p in f.read().split()]
        except (OSError, ValueError):
            return
        name = status["Name"].strip()
        if "VmHWM" in status and name.startswith("xinlv"):
            self.kib[name] = max(self.kib.get(name, 0), int(status["VmHWM"].split()[0]))
        for p in below:
            self.look(p)

    def run(self):
        while not self.done:
            self.look(self.pid)
            time.sleep(0.01)


def tick(home):
    """One run -> processor seconds of all its processes, wall seconds, peaks."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    p = subprocess.Popen([homes.PROGRAM, "-C", home.path, "--now", NOW, "run"])
    peaks = Peaks(p.pid)
    peaks.start()
    status = p.wait()
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    peaks.done = True
    peaks.join()
    if status:
        raise SystemExit("run ended with %d" % status)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, peaks.kib


def measure(n, rounds):
    """The medians of a row."""
    rows = []
    for _ in range(rounds):
        home = homes.Home.fresh(WHERE)
        shutil.rmtree(home.path + "/rules")
        shutil.copytree(os.path.join(HERE, "contest/rules"), home.path + "/rules")
        shutil.rmtree(home.path + "/templates/forms", ignore_errors=True)
        home.run("forms", check=0)
        total = lay(home, n)
        os.sync()
        cpu, wall, peaks = tick(home)
        counts = {}
        for m in home.json("log", now=NOW):
            counts[m["outcome"]] = counts.get(m["outcome"], 0) + 1
        if counts.get("accepted", 0) < 0.85 * n or sum(counts.values()) != n:
            raise SystemExit("not what was laid: %s" % counts)
        idle = [tick(home)[:2] for _ in range(10)]
        rows.append({"n": n, "mb": total / 1e6, "accepted": counts["accepted"], "cpu": cpu, "wall": wall,
                     "parent": peaks.get("xinlv", 0) / 1024, "reader": peaks.get("xinlv-read", 0) / 1024,
                     "idle_cpu": statistics.median(i[0] for i in idle), "idle": statistics.median(i[1] for i in idle)})
        shutil.rmtree(WHERE)
    return {k: statistics.median(r[k] for r in rows) for k in rows[0]}


def main():
    small, large = (int(a) for a in (sys.argv[1:3] or ("200", "2000")))
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    rows = [measure(n, rounds) for n in (small, large)]
    lines = ["| mails | MB | accepted | processor, s | a mail, ms | wall, s | a mail, ms | peak of xinlv, MiB | of xinlv-read, MiB "
             "| idle tick, processor ms | wall ms |", "|" + "--:|" * 11]
    for r in rows:
        lines.append("| %d | %.0f | %d | %.2f | %.2f | %.2f | %.2f | %.1f | %.1f | %.1f | %.1f |" % (
            r["n"], r["mb"], r["accepted"], r["cpu"], r["cpu"] / r["n"] * 1e3, r["wall"], r["wall"] / r["n"] * 1e3, r["parent"],
            r["reader"], r["idle_cpu"] * 1e3, r["idle"] * 1e3))
    ratio = [(rows[1][k] / large) / (rows[0][k] / small) for k in ("cpu", "wall")]
    lines += ["", "A mail among %d costs %.2f times the processor time and %.2f times the wall time of a mail among %d." % (
        large, ratio[0], ratio[1], small), "", "%d rounds, medians; from a Maildir to a Maildir, %d processors." % (
            rounds, os.cpu_count())]
    report = "\n".join(lines) + "\n"
    with open(os.path.join(homes.BUILD, "bench.md"), "w", encoding="utf-8") as f:
        f.write(report)
    print(report, end="")


main()
