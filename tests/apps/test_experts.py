"""A score sheet and the recommended list, filled in, saved by LibreOffice in its own way, and returned."""
import importlib.util
import io
import os

import openpyxl

HERE = os.path.dirname(os.path.abspath(__file__))


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, os.path.join(HERE, path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


story = load("experts", "../story/test_experts.py")
apps = load("apps_decide", "test_decide.py")


def saved(wb):
    return openpyxl.load_workbook(io.BytesIO(apps.saved_by_libreoffice(story.sealed.data(wb), "xlsx")))


def test_scores_and_list_saved_by_libreoffice():
    home, who = story.ready("apps")
    minute = 30
    for name in sorted({x for v in who.values() for x in v}):
        wb = saved(story.sheet_of(home, name))
        for number, names in who.items():
            if name in names:
                story.score(wb, number, (28.5, 27, 18, 19))
        m = story.send(home, story.address(name), "回复：评分表", story.at(minute), saved(wb))
        assert m["problems"] == [] and "done" in m["detail"], m
        minute += 1
    story.send(home, story.OFFICE, "推荐", story.at(50))
    wb = saved(story.book(story.sent(home, "ask_recommend")[-1]))
    assert {r["得分"] for r in story.rows(wb.worksheets[0])} == {"92.50"}
    m = story.send(home, story.OFFICE, "回复：推荐名单", story.at(51), saved(wb))
    assert m["problems"] == [] and "8 done" in m["detail"], m
    assert set(story.states(home).values()) == {"shortlisted"}
