"""The 设置 workbook and the rows of 变更与撤回, saved by LibreOffice in its own way, and returned."""
import datetime
import importlib.util
import io
import os

import openpyxl

HERE = os.path.dirname(os.path.abspath(__file__))


def module(name, path):
    spec = importlib.util.spec_from_file_location(name, os.path.join(HERE, path))
    m = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(m)
    return m


apps = module("apps_decide", "test_decide.py")
settings = module("settings", "../story/test_settings.py")
petition = module("petition", "../story/test_petition.py")


def through(data, suffix):
    """As a spreadsheet program opens and saves it, filled in meanwhile."""
    return apps.saved_by_libreoffice(data, suffix)


def extend(suffix):
    home = settings.fresh("apps-" + suffix)
    n = len(settings.entries(home))
    wb = openpyxl.load_workbook(io.BytesIO(through(settings.sealed.data(settings.workbook(home, settings.clock(1))), "xlsx")))
    settings.put(wb["阶段时间"], "案例征集阶段", 新的截止=datetime.date(2023, 4, 10), 理由="受天气影响")
    settings.put(wb["个别延期"], "", 准许的邮箱="li@example.cn", 可延至=datetime.datetime(2023, 4, 20, 18, 0))
    data = through(settings.sealed.data(wb), suffix)
    m, new = settings.write(home, settings.OFFICE, "设置", "", settings.clock(2), [("设置." + suffix, data)])
    assert m["problems"] == [] and len(settings.entries(home)) == n + 1, m
    says = home.json("status", now=settings.clock(3))[0]["settings"]
    assert any("截止4月10日（星期一）24:00" in s for s in says) and any("4月20日（星期四）18:00" in s for s in says), says


def test_settings_saved_as_xlsx():
    extend("xlsx")


def test_settings_saved_as_xls():
    extend("xls")


def test_a_change_of_contact_saved_as_xlsx():
    home = petition.fresh("apps")
    first = petition.entry(home, "T4-0001")
    petition.write(home, first["sender"], "变更申请 T4-0001", "", petition.at(1))
    wb, _ = petition.digest_book(home, petition.at(2))
    wb = openpyxl.load_workbook(io.BytesIO(through(petition.sealed.data(wb), "xlsx")))
    petition.fill(wb["变更与撤回"], "T4-0001", 决定="同意", 新联系人="李明", 新邮箱="liming@example.cn")
    data = through(petition.sealed.data(wb), "xlsx")
    m, new = petition.write(home, petition.OFFICE, "回复：工作簿", "", petition.at(3), [("工作簿.xlsx", data)])
    assert m["problems"] == [] and petition.entry(home, "T4-0001")["email"] == "liming@example.cn", m
