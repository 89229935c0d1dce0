"""Plots as SVG by hand: groups of horizontal bars, with the least and the most as a whisker."""

from html import escape

COLOURS = ("#2b6cb0", "#dd8452", "#55a868", "#8172b3", "#937860", "#7f7f7f")
WIDTH, LABELS, BAR, GAP, TOP = 760, 190, 16, 14, 56


def bars(title, unit, groups):
    """`groups` is {label: {series: {"median", "min", "max"}}}."""
    series = list(dict.fromkeys(name for rows in groups.values() for name in rows))
    most = max(each["max"] for rows in groups.values() for each in rows.values()) or 1
    scale = (WIDTH - LABELS - 90) / most
    lines, y = [], TOP
    for label, rows in groups.items():
        lines.append(f'<text x="{LABELS - 8}" y="{y + BAR * len(rows) / 2 + 4:.0f}" text-anchor="end">{escape(label)}</text>')
        for name, each in rows.items():
            end, low, high, middle = (LABELS + each["median"] * scale, LABELS + each["min"] * scale, LABELS + each["max"] * scale, y + BAR / 2 - 1)
            lines.append(f'<rect x="{LABELS}" y="{y}" width="{end - LABELS:.1f}" height="{BAR - 2}" fill="{COLOURS[series.index(name) % len(COLOURS)]}"/>')
            lines.append(f'<line x1="{low:.1f}" y1="{middle}" x2="{high:.1f}" y2="{middle}" stroke="#222"/>')
            lines.append(f'<text x="{max(end, high) + 6:.1f}" y="{y + BAR - 4}">{each["median"]:,.4g}</text>')
            y += BAR
        y += GAP
    legend = [f'<rect x="{LABELS + 150 * number}" y="30" width="12" height="12" fill="{COLOURS[number % len(COLOURS)]}"/>'
              f'<text x="{LABELS + 150 * number + 17}" y="40">{escape(name)}</text>' for number, name in enumerate(series)]
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" font-family="sans-serif" font-size="12">',
                      f'<rect width="{WIDTH}" height="{y}" fill="white"/>', f'<text x="{LABELS}" y="18" font-size="14">{escape(title)} ({escape(unit)})</text>',
                      *legend, *lines, "</svg>"]) + "\n"
