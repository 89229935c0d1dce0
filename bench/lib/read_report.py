"""What the benchmark of reads says: its tables, the goals with held or missed, and the plot."""

from . import comparison, svg
from .read_scenarios import FEW, PAGE, PAGE_TITLES

SCENARIOS = {"blob": "A blob beside nginx", "list": "Pages of a list", "record": "A record from the store"}


def titles(images):
    """{target: title}, with so many images in the long list."""
    found = {"tintype-200": "tintype, blob", "nginx-200": "nginx, blob", "tintype-304": "tintype, blob: 304", "nginx-304": "nginx, blob: 304",
             "record-200": "tintype, record", "record-304": "tintype, record: 304"}
    return found | {f"{kind}-{label}": f"{title} of {count:,}" for kind, title in PAGE_TITLES.items() for label, count in (("few", FEW), ("many", images))}


def goals(result, images):
    """[{"what", "of", "to", "figure", "ratio", "bound", "goal", "met"}] of what was measured."""
    found = []

    def add(what, scenario, *wanted):
        rows = comparison.ratios(result.get(scenario, {}), [wanted])
        found.extend({"what": what, **row} for row in rows)

    add("blob delivery, requests/s", "blob", "tintype-200", "nginx-200", "rate", "least", 0.95)
    add("blob delivery, server CPU per request", "blob", "tintype-200", "nginx-200", "cpu_us", None, None)
    add("304 of a blob, requests/s", "blob", "tintype-304", "nginx-304", "rate", None, None)
    add("304 of a blob, server CPU per request", "blob", "tintype-304", "nginx-304", "cpu_us", None, None)
    for kind, title in PAGE_TITLES.items():
        bound, goal = (None, None) if kind == "anywhere" else ("most", 1.2)
        for figure, name in (("p50_us", "P50"), ("p95_us", "P95")):
            add(f"list page of {PAGE}, {title}, {images:,} vs {FEW:,} images, {name}", "list", f"{kind}-many", f"{kind}-few", figure, bound, goal)
        add(f"list page of {PAGE}, {title}, server CPU per request", "list", f"{kind}-many", f"{kind}-few", "cpu_us", None, None)
    return found


def table(figures, titles):
    lines = ["| | requests/s, median (min to max) | p50 ms | p95 ms | p99 ms | server CPU us/request | cores busy |", "|---|---|---|---|---|---|---|"]
    for name, row in comparison.summary(figures).items():
        rate, used = row["rate"], row["cpu_us"]
        times = " | ".join(f"{row[each]['median'] / 1000:.2f}" for each in ("p50_us", "p95_us", "p99_us"))
        lines.append(f"| {titles[name]} | {rate['median']:,.0f} ({rate['min']:,.0f} to {rate['max']:,.0f}) | {times} "
                     f"| {used['median']:.1f} ({used['min']:.1f} to {used['max']:.1f}) | {row['busy']['median']:.2f} |")
    return lines


def plot(result, images):
    """CPU time: the only figure that is of one size for blobs, lists and records."""
    series = {"tintype-200": ("blob", "tintype"), "nginx-200": ("blob", "nginx"), "tintype-304": ("blob: 304", "tintype"),
              "nginx-304": ("blob: 304", "nginx"), "record-200": ("record", "tintype"), "record-304": ("record: 304", "tintype")}
    for kind, title in PAGE_TITLES.items():
        series |= {f"{kind}-few": (title, f"of {FEW:,} images"), f"{kind}-many": (title, f"of {images:,} images")}
    groups = {}
    for scenario in SCENARIOS:
        for name, row in comparison.summary(result.get(scenario, {})).items():
            label, who = series[name]
            groups.setdefault(label, {})[who] = row["cpu_us"]
    return svg.bars("Server CPU for a read", "us", groups)


def sections(result, images):
    """Lines of Markdown."""
    named = titles(images)
    lines = ["", "## Goals", "", *comparison.goal_table(result["goals"], named)] if result["goals"] else []
    for scenario, title in SCENARIOS.items():
        if scenario in result:
            lines += ["", f"## {title}", "", *table(result[scenario], named)]
    return lines
