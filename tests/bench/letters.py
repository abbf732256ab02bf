"""The mails of the benchmark: filled workbooks, nearly a third of them with a file besides, one in twelve with a fault."""
import os
import random
import sys
from xml.sax.saxutils import escape

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import contest
import mails
import makers

WORDS = ("项目 研究 技术 数据 系统 平台 应用 服务 管理 创新 发展 建设 质量 安全 标准 检测 分析 设计 生产 工艺 材料 设备 环境 能源 "
         "通过 采用 结合 针对 实现 提高 降低 解决 完成 形成 建立 开展 推动 支持 保障 提升 优化 改进 验证 试验 示范 推广 合作").split()
CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


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


def letters(home, n, size=None):
    """n mails of a fixed seed for the contest in the folder; size: bytes of the file that each carries, instead."""
    rules, r = contest.load(home), random.Random(20230331)
    for i in range(n):
        values, rows = answers(r, rules)
        files = [("申报表.xlsx", workbook(rows))]
        if size or r.random() < 0.3:
            files.append(("证明材料.pdf", b"%PDF-1.4\n" + r.randbytes(size or r.randint(200000, 600000))))
        yield mails.mail("sb%06d@example.cn" % i, "项目申报", text(r, 20, 200), files, message_id="<%d@example.cn>" % i)
