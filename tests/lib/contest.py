"""A contest's rules as the tests need them: which fields a form has, and a valid set of answers made
from the examples that the rules give for each field."""
import glob
import os
import yaml

PADDING = ("本项目面向实际场景开展建设和应用，围绕节能降碳目标完善方案、落实责任、核对数据，形成可复制的经验，"
           "并在后续运行中持续优化，数据来源清楚，过程记录完整。")


def load(home):
    """rules/ of a contest home -> {'contest', 'form', 'tracks': {code: track}}."""
    def read(name):
        with open(os.path.join(home, "rules", name), encoding="utf-8") as f:
            return yaml.safe_load(f)
    tracks = {}
    for path in sorted(glob.glob(os.path.join(home, "rules/tracks/*.yaml"))):
        with open(path, encoding="utf-8") as f:
            t = yaml.safe_load(f)
        tracks[t["code"]] = t
    return {"contest": read("contest.yaml"), "form": read("form.yaml"), "tracks": tracks}


def sections(rules, code):
    first = [s for s in rules["form"]["sections"] if not s.get("after_track")]
    last = [s for s in rules["form"]["sections"] if s.get("after_track")]
    return first + (rules["tracks"][code].get("sections") or []) + last


def choices_of(rules, field):
    c = field.get("choices")
    return rules["form"]["lists"][c] if isinstance(c, str) else c


def pad(text, field):
    """Longer than chars.min, shorter than chars.max."""
    chars = field.get("chars") or {}
    while len(text) < int(chars.get("min", 0)):
        text += PADDING
    return text[:int(chars["max"])] if "max" in chars else text


def answer(rules, field):
    kind = field.get("kind", "text")
    if kind in ("choice", "confirm"):
        example = field.get("example")
        options = choices_of(rules, field)
        if kind == "confirm" and not options:
            return str(example or "是")
        return str(example) if example in options else str(options[0])
    if kind == "choices":
        return str(choices_of(rules, field)[0])
    text = str(field.get("example") or "示例")
    return pad(text, field) if kind in ("text", "longtext") else text


def answers(rules, code, **override):
    """Every field of the track filled from its example; a table gets one row.  Overrides by key with
    '.' written '__'; None empties a field."""
    out = {}
    for s in sections(rules, code):
        for f in s.get("fields") or []:
            out[f["key"]] = answer(rules, f)
        for t in s.get("tables") or []:
            rows = max(1, int((t.get("rows") or {}).get("min", 1)))
            for c in t["columns"]:
                out[t["key"] + "." + c["key"]] = [answer(rules, c)] * rows
    for k, v in override.items():
        out[k.replace("__", ".")] = v
    return out
