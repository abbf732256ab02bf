"""The secretariat at its desk: workbooks that came by mail, filled in by openpyxl under their headings and sent back."""
import io

import openpyxl


def enclosed(mail, name=""):
    """{file name: bytes} of what is attached; name: only those whose name holds it."""
    return {p.get_filename(): p.get_payload(decode=True) for p in mail.iter_attachments()
            if p.get_filename() and name in p.get_filename()}


def book(mail, name=".xlsx"):
    """The one workbook to fill in that the mail brings."""
    found = [openpyxl.load_workbook(io.BytesIO(data)) for data in enclosed(mail, name).values()]
    found = [wb for wb in found if "_xinlv" in wb.sheetnames]
    assert len(found) == 1, list(enclosed(mail))
    return found[0]


def heads(ws):
    """(row of the headings, {heading: column})."""
    for r in range(1, 10):
        names = [c.value for c in ws[r]]
        if "_xinlv" in names:
            return r, {n: i + 1 for i, n in enumerate(names) if n}
    raise AssertionError("no headings in %s" % ws.title)


def rows(ws):
    """[{heading: value}] of the rows to fill in."""
    head, at = heads(ws)
    return [{h: ws.cell(r, c).value for h, c in at.items()} for r in range(head + 1, ws.max_row + 1)
            if str(ws.cell(r, at["_xinlv"]).value or "").count(":") == 5]


def fill(ws, by, change):
    """change: {value under the heading `by`: {heading: value}}; all must be met.  A function gets each row instead."""
    head, at = heads(ws)
    met = set()
    for r in range(head + 1, ws.max_row + 1):
        row = {h: ws.cell(r, c).value for h, c in at.items()}
        if str(row["_xinlv"] or "").count(":") != 5:
            continue
        new = change(row) if callable(change) else change.get(row[by])
        if new:
            met.add(row.get(by))
            for h, v in new.items():
                ws.cell(r, at[h]).value = v
    assert callable(change) or met == set(change), (met, set(change))


def data(wb):
    out = io.BytesIO()
    wb.save(out)
    return out.getvalue()
