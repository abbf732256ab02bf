"""The digest's workbook, filled in, saved by LibreOffice in its own way, and returned."""
import importlib.util
import io
import os
import subprocess
import tempfile

import openpyxl

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("decide", os.path.join(HERE, "../story/test_decide.py"))
story = importlib.util.module_from_spec(spec)
spec.loader.exec_module(story)


def saved_by_libreoffice(data, suffix):
    """Opened and saved again: every part of the file is LibreOffice's then."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(folder + "/out")
        with open(folder + "/book.xlsx", "wb") as f:
            f.write(data)
        kind = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97"}[suffix]
        subprocess.run(["soffice", "--headless", "-env:UserInstallation=file://" + folder + "/profile", "--convert-to", kind,
                        "--outdir", folder + "/out", folder + "/book.xlsx"], check=True, capture_output=True, timeout=180)
        with open(folder + "/out/book." + suffix, "rb") as f:
            return f.read()


def through(suffix):
    home = story.fresh("apps-" + suffix)
    wb = openpyxl.load_workbook(io.BytesIO(saved_by_libreoffice(story.digest_book(home), "xlsx")))
    story.fill_digest(wb)
    data = saved_by_libreoffice(story.sealed.data(wb), suffix)
    story.look_at_digest(home, story.returned(home, data, story.clock(1), name="工作簿." + suffix))
    home.run("verify", now=story.clock(2), check=0)


def test_saved_as_xlsx():
    through("xlsx")


def test_saved_as_xls():
    through("xls")
