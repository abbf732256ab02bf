"""The third contest, of a farmers' market: three tracks, keys without dots, no table, another zone, numbers with a
prefix, supplements beyond the closing, a contact without a telephone.  Written from xinlv-rules(5) alone."""
import datetime
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import forms
import home as homes
import mails
import samples

NOW = "2024-09-12T09:00:00+06:00"
JPG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 300
STALL = dict(product="无核白葡萄", farmer="二工果农合作社", market="南湖集市", stall_since=datetime.date(2023, 5, 1),
             stall_no="B-12", organic="40%", losses="3%", harvested="2024年8月20日", packed="2024/8/22",
             story="老藤三十年，一直用雪水浇灌，晒足日头。", who="买买提·艾力", tel="0991-2820001-12", agree="以上内容属实")
_home = None


def market():
    """The contest after its first run."""
    global _home
    if _home is None:
        _home = homes.Home.of("market", homes.STORY)
        for data, at in letters(_home):
            _home.lay(data, at)
        _home.run("run", now=NOW, check=0)
    return _home


def entry(home, sender, code, files=(), **values):
    form = forms.fill(home.form(code), dict(STALL, mail=sender, **values))
    return mails.mail(sender, "报名", "见附件", [("报名表.xlsx", form)] + list(files), to="join@market.example.net")


def letters(home):
    photo = [("照片.jpg", JPG)]
    yield entry(home, "early@f.example.net", "DR", photo, moisture="7%", farmer="早枣园"), "2024-08-15T09:29:59+06:00"
    yield entry(home, "open@f.example.net", "DR", photo, moisture="7%", farmer="开门枣园"), "2024-08-15T09:30:00+06:00"
    yield entry(home, "grape@f.example.net", "FR", photo, sugar=14.5, picked_by="手摘"), "2024-08-16T10:00:00+06:00"
    yield entry(home, "bee@f.example.net", "HN", photo, flowers="沙枣、百花", farmer="蜂场"), "2024-08-16T10:01:00+06:00"
    yield entry(home, "nut@f.example.net", "DR", photo, moisture=9.2, farmer="核桃园",
                stall_since="2024-05-01"), "2024-08-16T10:02:00+06:00"
    yield entry(home, "date@f.example.net", "DR", moisture="9.2%", farmer="灰枣园", organic=80, packed="2024-08-19",
                stall_no="b12"), "2024-08-16T10:03:00+06:00"
    yield entry(home, "close@f.example.net", "DR", photo, moisture=7, farmer="关门枣园"), "2024-09-10T18:00:00+06:00"
    yield entry(home, "late@f.example.net", "DR", photo, moisture=7, farmer="迟到枣园"), "2024-09-10T18:00:01+06:00"
    for i, subject in enumerate(["模板", "蜂蜜模板", "帮助"]):
        yield mails.mail("asks@f.example.net", subject, ""), "2024-09-11T10:0%d:00+06:00" % i
    yield (mails.mail("looks@f.example.net", "预检", "", [("空.xlsx", open(home.form("HN"), "rb").read())]),
           "2024-09-11T10:05:00+06:00")


def test_outcomes():
    got = {m["from"].split("@")[0]: (m["outcome"], m["entry"]) for m in market().json("log", now=NOW)}
    want = {"early": ("late", None), "open": ("accepted", "NF24-DR-001"), "grape": ("accepted", "NF24-FR-001"),
            "bee": ("not-eligible", None), "nut": ("not-eligible", None), "date": ("rejected", None),
            "close": ("accepted", "NF24-DR-002"), "late": ("late", None), "asks": ("request", None),
            "looks": ("precheck", None)}
    assert got == want, got


def texts():
    for m in market().outbox():
        for p in m.walk():
            if p.get_content_type() in ("text/plain", "text/html"):
                yield m, p.get_content_subtype(), p.get_content()


def test_no_mail_has_an_empty_place():
    for m, kind, text in texts():
        bare = text if kind == "plain" else re.sub(r"<[^>]+>", "", re.sub(r"</(tr|div)>", "\n", text))
        for fault in ("（）", "{{", "　：", "：　", "T4", "2 GB"):
            assert fault not in bare, (m["Subject"], kind, fault, bare)
        assert not re.search(r"^· *$", bare, re.M), (m["Subject"], kind, bare)
        assert "ask@market.example.net" in bare, (m["Subject"], kind)


def test_one_limit_is_told():
    """20 MB of mail leave 13 for files; a file without a limit of its own has that one."""
    mail = [t for m, kind, t in texts() if kind == "plain" and m["To"] == "date@f.example.net"][0]
    assert "格式为jpg、png，不超过5 MB" in mail and "格式为pdf，不超过13 MB" in mail, mail
    helps = [t for m, kind, t in texts() if kind == "plain" and "指南" in m["Subject"]][0]
    assert "附件合计请勿超过13 MB" in helps and "DR模板" in helps, helps
    assert "9月20日（星期五）24:00前" in helps, helps


def test_numbers_are_never_cut():
    assert "NF24-DR-001 " in market().run("list", now=NOW).stdout
    assert "NF24-DR-001 " in market().run("log", now=NOW).stdout


def test_verify():
    market().run("verify", now=NOW, check=0)
