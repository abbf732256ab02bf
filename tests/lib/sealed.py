"""Workbooks of decisions as the secretariat's programs leave them, made by openpyxl: tokens by the rule of
src/base/seal.h and the home's own key."""
import base64
import hashlib
import hmac
import io
import os

import openpyxl

KINDS = {"eligibility": "待资格审核", "formal": "待形式审查", "late": "逾期待裁", "twin": "疑似重复", "read": "待人工阅读"}


def key(home):
    """The home's key; made as the program would, when nothing was sealed yet."""
    path = os.path.join(home.path, "spool/secret.key")
    if not os.path.exists(path):
        with open(path, "w") as f:
            f.write(base64.b64encode(os.urandom(32)).decode() + "\n")
        os.chmod(path, 0o600)
    with open(path) as f:
        return base64.b64decode(f.read())


def token(home, kind, ref, version, role="office", round_="", secret=None):
    body = "%s:%s:%s:%s:%d" % (kind, role, round_, ref, version)
    mac = hmac.new(key(home) if secret is None else secret, body.encode(), hashlib.sha256).hexdigest()
    return body + ":" + mac[:24]


def version(home, number, now):
    return len(home.json("show", number, now=now)[0]["history"])


def book(rows, kind="eligibility", edition="xinlv-2023", hidden=True, title=True, columns=("编号", "项目名称")):
    """rows: (token, decision, reason) or (token, decision, reason, sheet).  -> openpyxl's workbook."""
    wb = openpyxl.Workbook()
    wb.remove(wb.active)
    for row in rows:
        name = row[3] if len(row) > 3 else KINDS[kind]
        if name not in wb.sheetnames:
            ws = wb.create_sheet(name)
            if title:
                ws.append([name])
            ws.append(list(columns) + ["决定", "理由", "_xinlv"])
            ws.column_dimensions["E"].hidden = True
        ws = wb[name]
        ws.append([row[0].split(":")[3] if row[0] and row[0].count(":") == 5 else "?", "x", row[1] or None,
                   row[2] or None, row[0]])
    if not wb.sheetnames:
        wb.create_sheet(KINDS[kind]).append(list(columns) + ["决定", "理由", "_xinlv"])
    if hidden:
        ws = wb.create_sheet("_xinlv")
        ws.sheet_state = "hidden"
        for k, v in (("kind", "decision"), ("edition", edition), ("made", "2023-04-01T08:30:00+08:00")):
            ws.append([k, v])
    return wb


def data(wb):
    out = io.BytesIO()
    wb.save(out)
    return out.getvalue()
