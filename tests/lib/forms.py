"""Forms filled in by openpyxl, a program that is not ours, through the defined names of CONTRACT.md."""
import io
import openpyxl
from openpyxl.utils import range_boundaries


def name_of(key):
    return "x_" + key.replace(".", "_")


def target(wb, name):
    """(worksheet, first cell's row and column, last row) of a defined name."""
    text = wb.defined_names[name].attr_text if name in wb.defined_names else None
    if text is None:
        raise KeyError(name)
    sheet, cells = text.rsplit("!", 1)
    c1, r1, c2, r2 = range_boundaries(cells.replace("$", ""))
    return wb[sheet.strip("'").replace("''", "'")], r1, c1, r2


def fill(path, values):
    """The form at path with the answers poured in, as bytes."""
    wb = openpyxl.load_workbook(path)
    for key, value in values.items():
        ws, r1, c1, _ = target(wb, name_of(key))
        for i, v in enumerate(value if isinstance(value, list) else [value]):
            ws.cell(r1 + i, c1).value = v
    out = io.BytesIO()
    wb.save(out)
    return out.getvalue()
