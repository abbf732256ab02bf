"""The figures of the benchmark as a picture: each bar is a figure as a part of its goal."""
from xml.sax.saxutils import escape

ROW, LEFT, WIDE, MOST = 26, 400, 420, 2.5  # pixels; bars end at 2.5 times the goal


def bar(y, what, got, goal, unit):
    part = got / goal
    good = part <= 1
    wide = min(part, MOST) / MOST * WIDE
    return ('<text x="%d" y="%d" text-anchor="end">%s</text>'
            '<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>'
            '<text x="%.1f" y="%d" fill="#555">%.3g%s (goal %.3g%s)</text>' % (
                LEFT - 8, y + 16, escape(what), LEFT, y + 4, wide, ROW - 10, "#1b6e4a" if good else "#b5651d",
                LEFT + wide + 6, y + 16, got, unit, goal, unit))


def draw(rows):
    high = ROW * len(rows) + 30
    line = LEFT + WIDE / MOST
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">'
            '<rect width="100%%" height="100%%" fill="#fff"/>%s'
            '<line x1="%.1f" x2="%.1f" y1="14" y2="%d" stroke="#222" stroke-dasharray="3 3"/>'
            '<text x="%.1f" y="11" text-anchor="middle">goal</text></svg>\n' % (
                LEFT + WIDE + 200, high, "".join(bar(18 + i * ROW, *r) for i, r in enumerate(rows)), line, line, high - 6, line))
