#!/usr/bin/python3
"""uno_fill.py FORM ANSWERS.json OUT PIPE: fills a form in a LibreOffice that listens at PIPE, cell by cell as a person types,
and saves it as a workbook."""
import json
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

form, answers, out, pipe = sys.argv[1:]


def connect():
    resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(300):
        try:
            return resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
        except NoConnectException:
            time.sleep(0.1)
    raise SystemExit("LibreOffice does not listen")


def properties(**values):
    return tuple(PropertyValue(k, 0, v, 0) for k, v in values.items())


context = connect()
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(form), "_blank", 0, properties(Hidden=True))
with open(answers, encoding="utf-8") as f:
    values = json.load(f)
for name, value in values.items():
    area = document.NamedRanges.getByName(name).getReferredCells()
    for i, v in enumerate(value if isinstance(value, list) else [value]):
        cell = area.getCellByPosition(0, i)
        # Typed into a cell of text it stays text; elsewhere a number becomes a number, a date a date.
        cell.setFormula(v)
        if not cell.getFormula():
            raise SystemExit("%s took nothing" % name)
document.storeToURL(uno.systemPathToFileUrl(out), properties(FilterName="Calc MS Excel 2007 XML"))
document.close(True)
try:
    desktop.terminate()
except Exception:
    pass
