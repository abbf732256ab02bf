"""A fourth contest, of seeds that a county's farmers keep: two windows with months between them, two tables, an age, a
count of years out of a table, choices in two languages, files that hang on a condition.  Written from xinlv-rules(5) alone."""
import datetime
import io

import forms
import home as homes
import mails
import openpyxl

NOW = "2025-03-09T07:50:00+08:00"
JPG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 300
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PHOTO = [("照片.jpg", JPG)]
SEED = {
    "keeper.name": "李老根", "keeper.born": "1961-03", "keeper.town": "柳坪乡", "keeper.mobile": "13885550001", "keeper.group": "个人",
    "seed.name": "高脚红高粱", "seed.origin": "祖传 Inherited", "seed.years": 40, "seed.weight": 2.5, "seed.rate": "85%",
    "seed.bag": "QS-2019-LP007", "seed.uses": "主食、酿酒", "seed.first_sown": datetime.date(2025, 3, 18),
    "seed.story": "一九六〇年爷爷从山那边背回来一小包，年年在屋后留一垄，最好的穗挂在灶头熏着，来年再种下去。",
    "harvests.year": [2024, 2023, 2022], "harvests.plot": ["屋后", "河坝", "河坝"], "harvests.kept": [3, 2.5, 2],
    "harvests.way": ["悬挂", "布袋", "瓦罐"], "gifts.to": ["柳坪小学"], "gifts.when": ["2024-12-01"], "gifts.weight": [0.5],
    "agree": "本人承诺所填属实，并同意将少量种子交县种子库保存",
}
GRAIN = {"grain.height": 280, "grain.sown": "春播", "grain.glutinous": "是 Yes"}
_home = None


def entry(home, sender, code="GRAIN", files=PHOTO, **values):
    data = dict(SEED, **(GRAIN if code == "GRAIN" else {}), **{k.replace("__", "."): v for k, v in values.items()})
    data["keeper.mail"] = sender
    return mails.mail(sender, "申报", "见附件", [("申报表.xlsx", forms.fill(home.form(code), data))] + list(files), to="seeds@qingshi.example.cn")


def letters(home):
    yield "02-20T08:00", entry(home, "one@a.example.cn")
    yield "03-02T09:00", entry(home, "young@a.example.cn", keeper__name="小童", keeper__born="2012-05")
    yield "03-02T09:10", entry(home, "hybrid@a.example.cn", keeper__name="杂交", seed__origin="杂交种")
    yield "03-03T09:00", entry(home, "village@a.example.cn", keeper__name="石门寨", keeper__group="村集体", keeper__members=20)
    yield "03-03T09:30", entry(home, "village2@a.example.cn", files=PHOTO + [("村证明.pdf", PDF)], keeper__name="上河村",
                               keeper__group="村集体", keeper__members=36)
    yield "03-04T09:00", entry(home, "years@a.example.cn", keeper__name="周二", harvests__year=[2024, 2024, 2023])
    yield "03-04T09:10", entry(home, "gave@a.example.cn", "GOURD", keeper__name="送瓜", gifts__weight=[50])
    yield "03-06T09:00", mails.mail("ask@a.example.cn", "瓜菜模板", "", to="seeds@qingshi.example.cn")


def seeds():
    """The contest after its first run."""
    global _home
    if _home is None:
        _home = homes.Home.of("seeds", homes.STORY)
        for at, data in letters(_home):
            _home.lay(data, "2025-%s:00+08:00" % at)
        _home.run("run", now=NOW, check=0)
    return _home


def text_to(address):
    return [m.get_body(("plain",)).get_content() for m in seeds().outbox(digest=True) if address in m["To"]]


def test_outcomes():
    got = {m["from"].split("@")[0]: (m["outcome"], m["entry"]) for m in seeds().json("log", now=NOW)}
    assert got == {"one": ("accepted", "ZZ25-GRAIN-001"), "young": ("not-eligible", None), "hybrid": ("not-eligible", None),
                   "village": ("rejected", None), "village2": ("accepted", "ZZ25-GRAIN-002"), "years": ("not-eligible", None),
                   "gave": ("rejected", None), "ask": ("request", None)}, got


def test_two_sums_are_not_told_as_one():
    text = text_to("gave@")[0]
    assert "赠种总量多于留种总量" in text and "D46（50千克）" in text and "合计" not in text, text


def test_a_form_tells_both_closings_its_units_and_what_is_declared():
    """A form lies about for months: with one closing on it, it would come between the windows."""
    book = openpyxl.load_workbook(seeds().form("GRAIN"))
    cells = "\n".join(str(c.value) for ws in book for row in ws.iter_rows() for c in row if c.value is not None)
    assert "2025年4月10日（星期四）24:00（春播申报）、2025年8月15日（星期五）17:00（秋播补报）" in cells
    assert "单位：面积（亩）；留种量（千克）" in cells
    assert "请阅读后选择：本人承诺所填属实，并同意将少量种子交县种子库保存" in cells


def test_a_form_that_was_only_checked_is_reminded_of_before_each_window_closes():
    home = seeds().copy(homes.STORY + "-remind")
    for sender, checked, later, closes in (
            ("spring@a.example.cn", "2025-04-09T09:00:00+08:00", "2025-04-10T21:30:00+08:00", "4月10日（星期四）24:00"),
            ("autumn@a.example.cn", "2025-08-14T09:00:00+08:00", "2025-08-15T15:00:00+08:00", "8月15日（星期五）17:00")):
        name = sender.split("@")[0]
        form = forms.fill(home.form("GOURD"), dict(SEED, **{"keeper.mail": sender, "keeper.name": name, "seed.name": name}))
        home.lay(mails.mail(sender, "预检", "", [("表.xlsx", form)], to="seeds@qingshi.example.cn"), checked)
        home.run("run", now=checked, check=0)
        home.run("run", now=later, check=0)
        told = [m.get_body(("plain",)).get_content() for m in home.outbox() if m["To"] == sender and "申报即将截止" in m["Subject"]]
        assert len(told) == 1 and closes in told[0], (sender, told)
    home.run("verify", now=later, check=0)


def test_the_digest_counts_to_the_window_that_is_open():
    text = text_to("office@")[-1]
    assert "距征集截止还有32天（4月10日（星期四）24:00）" in text, text
    assert "4月10日（星期四）24:00 春播申报截止" in text and "00:14" not in text, text
    home = seeds().copy(homes.STORY + "-autumn")
    home.run("run", now="2025-08-05T07:50:00+08:00", check=0)
    subject = [m["Subject"] for m in home.outbox(digest=True) if "office@" in m["To"]][-1]
    assert "距截止10天" in subject, subject
    home.run("verify", now="2025-08-05T07:51:00+08:00", check=0)



def test_the_workbook_shows_no_column_that_no_form_fills():
    """What comes back is read by the places of its columns: they stay, and are not shown."""
    mail = [m for m in seeds().outbox(digest=True) if "office@" in m["To"] and "日报" in m["Subject"]][0]
    data = [p.get_content() for p in mail.iter_attachments() if "工作簿" in p.get_filename()][0]
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["待资格审核"]
    heads = {c.value: sheet.column_dimensions[c.column_letter].hidden for c in sheet[2] if c.value}
    assert heads["统一社会信用代码"] and heads["联系人"] and not heads["项目名称"] and not heads["所在地"], heads
    home = seeds().copy(homes.STORY + "-decide")
    sheet.cell(3, [c.value for c in sheet[2]].index("决定") + 1).value = "通过"
    book.save(home.path + "/back.xlsx")
    home.run("decide", home.path + "/back.xlsx", now="2025-03-10T09:00:00+08:00", check=0)
    assert sorted(e["state"] for e in home.json("list", now=NOW)) == ["accepted", "eligible"]


def test_a_keyword_that_tells_two_tracks_is_warned_of():
    home = seeds().copy(homes.STORY + "-keyword")
    assert "keyword" not in home.run("check", check=0).stdout
    path = home.path + "/rules/tracks/GRAIN.yaml"
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for word, says in (("土豆", 'holds "豆" of BEAN'), ("瓜", 'the keyword "瓜" of the track GOURD is "瓜" of GRAIN')):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("keywords: [", "keywords: [%s, " % word))
        said = home.run("check", check=0).stdout
        assert says in said and said.count("tells neither") == 1, (word, said)
