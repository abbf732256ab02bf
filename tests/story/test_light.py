"""The fourth contest, of photographs: in English, in a zone with summer time, with amounts in euros, sums of decimals, ages that
decide who may enter, and a window that closes in the hour that comes twice.  Written from xinlv-rules(5) alone."""
import datetime
import os
import sys

import openpyxl

import contest
import forms
import home as homes
import mails
import makers

NOW = "2024-10-27T05:00:00+01:00"
JPG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 300
PDF = b"%PDF-1.4\n%%EOF\n" + b"x" * 100
PICTURE = [("picture.jpg", JPG)]
ENTRY = {
    "person.name": "Ida Olsen", "person.age": 34, "person.country": "Denmark", "photo.title": "Harbour at six",
    "photo.story": "The cranes stand still, and the water holds the sky for a minute longer.", "photo.taken": "2023.11",
    "photo.licence": "CC BY", "photo.people": "No", "prints.size": ["20 x 30", "30 x 45"], "prints.copies": [1, 2],
    "prints.price": ["€ 40", "55 EUR"], "fee.paid": 12.8, "fee.on": datetime.date(2024, 3, 5), "agree": "Agreed",
    "gear.value": "€ 1,250.00"}
CHILD = {"gear.value": None, "fee.paid": 0.3, "school.name": "Gymnasium", "school.form": "8–10"}
_home = None


def entry(home, sender, code="ADU", files=PICTURE, **values):
    answers = {**ENTRY, **(CHILD if code == "JUN" else {}), "person.mail": sender, "person.name": sender.split("@")[0],
               **{k.replace("__", "."): v for k, v in values.items()}}
    form = forms.fill(home.form(code), {k: v for k, v in answers.items() if v is not None})
    return mails.mail(sender, "Entry", "see the form", [("form.xlsx", form)] + list(files), to="enter@light.example.eu")


def letters(home):
    minute = iter(range(1, 60))

    def march():
        return "2024-03-05T10:%02d:00+01:00" % next(minute)
    yield entry(home, "early@f.example"), "2024-03-01T07:59:59+01:00"
    yield entry(home, "plain@f.example"), march()
    yield entry(home, "sum@f.example", prints__copies=[3, 4], fee__paid="13.2 €"), march()
    yield entry(home, "none@f.example", prints__size=["20 x 30", "无", "30 x 45"], prints__copies=[1, "无", 2],
                prints__price=[None, "无", None]), march()
    yield entry(home, "words@f.example", person__age="thirty"), march()
    yield entry(home, "ageless@f.example", person__age=None), march()
    yield entry(home, "fee@f.example", fee__paid=20), march()
    yield entry(home, "undated@f.example", fee__on="5/3/2024"), march()
    yield entry(home, "twice@f.example", prints__size=["20 x 30", "20x30"]), march()
    yield entry(home, "refuses@f.example", agree="☐ Yes ☑ No"), march()
    yield entry(home, "dollar@f.example", gear__value="$900"), march()
    yield entry(home, "october@f.example", photo__taken=2023.1), march()
    yield entry(home, "swiss@f.example", person__country="Switzerland"), march()
    yield entry(home, "child@f.example", "JUN", PICTURE + [("consent.pdf", PDF)], person__age="14 years"), march()
    yield entry(home, "small@f.example", "JUN", PICTURE + [("consent.pdf", PDF)], person__age=9), march()
    yield entry(home, "last@f.example"), "2024-03-31T23:59:59+02:00"
    yield entry(home, "grace@f.example"), "2024-04-01T00:09:59+02:00"
    yield entry(home, "late@f.example"), "2024-04-01T00:10:00+02:00"
    yield entry(home, "first@f.example"), "2024-10-27T02:30:00+02:00"
    yield entry(home, "after@f.example"), "2024-10-27T02:30:01+02:00"
    yield entry(home, "second@f.example"), "2024-10-27T02:15:00+01:00"
    yield mails.mail("smart@f.example", "模板 smart phones", "", to="enter@light.example.eu"), "2024-10-27T04:00:00+01:00"
    yield mails.mail("arts@f.example", "模板 Arts", "", to="enter@light.example.eu"), "2024-10-27T04:01:00+01:00"


def retyped(home):
    """The form as others write it: headings of words follow a table at once, and no name of ours is left."""
    rules = contest.load(home.path)
    kinds = [("form.docx", makers.docx), ("form.xls", makers.xls), ("form.ods", makers.ods), ("", table)]
    for n, (name, make) in enumerate(kinds):
        sender = (name[5:] or "html") + "@f.example"
        rows = makers.grid(rules, "ADU", {**ENTRY, "person.mail": sender, "person.name": sender, "fee.on": "2024-03-05",
                                          "prints.file": ["", ""]})
        at = "2024-03-06T10:0%d:00+01:00" % n
        files, parts = ([(name, make(rows))], []) if name else ([], [mails.text_part(make(rows), subtype="html")])
        yield mails.mail(sender, "Entry", "see below", files + PICTURE, to="enter@light.example.eu", parts=parts), at


def table(rows):
    return "<table>%s</table>" % "".join("<tr>%s</tr>" % "".join("<td>%s</td>" % c for c in r) for r in rows if r)


def light():
    """The contest after its last run."""
    global _home
    if _home is None:
        _home = homes.Home.of("light", homes.STORY)
        for data, at in list(letters(_home)) + list(retyped(_home)):
            _home.lay(data, at)
        for now in ("2024-03-05T12:00:00+01:00", "2024-04-01T01:00:00+02:00", NOW):
            _home.run("run", now=now, check=0)
    return _home


def log():
    return {m["from"].split("@")[0]: m for m in light().json("log", now=NOW)}


def test_outcomes():
    want = {"early": "late", "plain": "accepted", "sum": "accepted", "none": "accepted", "words": "rejected", "ageless": "rejected",
            "fee": "rejected", "undated": "rejected", "twice": "rejected", "refuses": "rejected", "dollar": "rejected",
            "october": "rejected", "swiss": "rejected", "child": "accepted", "small": "not-eligible", "last": "accepted",
            "grace": "accepted", "docx": "accepted", "xls": "accepted", "ods": "accepted", "html": "accepted",
            "late": "late", "first": "accepted", "after": "late", "second": "late", "smart": "request", "arts": "request"}
    got = {name: m["outcome"] for name, m in log().items()}
    assert got == want, {k: (got.get(k), v) for k, v in want.items() if got.get(k) != v}


def test_one_fault_is_told_once():
    """What cannot be read is its own fault: no condition takes it for nothing, and nobody is turned away for it."""
    places = {"words": ("person.age",), "ageless": ("person.age",), "undated": ("fee.on",), "dollar": ("gear.value",),
              "october": ("photo.taken",), "refuses": ("agree",), "swiss": ("person.country",), "twice": ("prints.size",)}
    for name, fields in places.items():
        got = tuple(p["field"] for p in log()[name]["problems"] if p["severity"] == "error")
        assert got == fields, (name, got)


def test_sentences():
    problems = {name: [p["problem"] for p in m["problems"] if p["severity"] == "error"] for name, m in log().items()}
    assert problems["fee"][0].startswith("The fee is 12.8 EUR, and 20 were paid."), problems["fee"]
    assert "（20 EUR）" in problems["fee"][0], problems["fee"]
    assert "1至110 years" in problems["ageless"][0], problems["ageless"]
    assert "Germany”；" not in problems["swiss"][0], problems["swiss"]  # two words of letters have letters in common
    assert [p["where"] for p in log()["twice"]["problems"] if p["severity"] == "error"] == ["申报表!B30"]  # the table's head


def test_a_keyword_is_a_word():
    """Art is no part of smart."""
    sent = {m["To"].split("@")[0]: [p.get_filename() for p in m.iter_attachments()] for m in light().outbox()}
    assert len(sent["smart"]) == 2, sent["smart"]
    assert [n[:3] for n in sent["arts"]] == ["ADU"], sent["arts"]


def test_a_limit_at_one_end_is_told_alone():
    book = openpyxl.load_workbook(light().form("ADU"))
    told = [d.error for ws in book for d in ws.data_validations.dataValidation if d.formula2 == "50"]
    assert len(told) == 1 and "不大于50" in told[0] and "1000000" not in told[0], told


def test_what_need_not_be_filled_in_is_pointed_out():
    home = light().copy(homes.STORY + "-needless")
    path = os.path.join(home.path, "rules/form.yaml")
    assert "need not be filled" not in home.run("check", now=NOW, check=0).stdout + home.run("check", now=NOW, check=0).stderr
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("role: title, required: true", "role: title"))
    r = home.run("check", now=NOW, check=0)
    assert "photo.title need not be filled in" in r.stdout + r.stderr, r.stdout + r.stderr


def test_replay():
    """The hour that comes twice is the same moment again."""
    copy = light().copy(homes.STORY + "-again")
    before = copy.json("list", now=NOW)
    os.remove(os.path.join(copy.path, "spool/xinlv.db"))
    copy.run("run", now=NOW, check=0)
    assert copy.json("list", now=NOW) == before


if __name__ == "__main__":
    for name, f in list(globals().items()):
        if name.startswith("test_"):
            f()
            print("ok", name, file=sys.stderr)
