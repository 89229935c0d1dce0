"""What the benchmark of uploads says: its tables, the goals with held or missed, and the plot."""

from . import comparison, svg

TITLES = {"tintype": "tintype", "node": "Node", "tintype-async": "tintype, thumbnails=async", "tintype-inline": "tintype, thumbnails=inline",
          **{f"node-{number}": f"Node, phase {number}" for number in (1, 2, 3, 4)}}
MEMORY = {"idle_mib": "idle", "peak_mib": "peak at 16 x 24 MP"}


def best(figures, name, choose):
    """The phase of the Node design whose median of a figure is the best."""
    summary = comparison.summary(figures)
    return choose((each for each in summary if each.startswith("node-")), key=lambda each: summary[each][name]["median"])


def goals(result):
    """[{"what", "of", "to", "ratio", "bound", "goal", "met"}] of what was measured."""
    found = []

    def add(what, figures, of, to, name, bound=None, goal=None):
        if figures and (rows := comparison.ratios(figures, [(of, to, name, bound, goal)])):
            found.append({"what": what, **rows[0]})

    phases, closed = result.get("phases"), result.get("closed", {})
    if phases:
        add("upload P95, 12 MP, 4 clients, defaults of each, Node's best phase", phases, "tintype", best(phases, "p95_ms", min), "p95_ms", "most", 0.4)
    add("upload P95, 12 MP, 4 clients, same effort", closed.get("jpeg-12 x 4"), "tintype", "node", "p95_ms")
    add("upload P95, 12 MP, at a fixed rate, same effort", result.get("open"), "tintype", "node", "p95_ms")
    most = max((name for name in closed if name.startswith("mix x ")), key=lambda name: int(name.rpartition(" ")[2]), default=None)
    add("uploads/s, mix, saturated, same effort and quality", closed.get(most), "tintype", "node", "rate", "least", 1.2)
    add("CPU seconds per upload, mix, saturated", closed.get(most), "tintype", "node", "cpu_s")
    add("upload P95 with 300 to 500 ms per PUT, async, against phase 1", result.get("slow_puts"), "tintype-async", "node-1", "p95_ms", "most", 0.35)
    add("memory, idle, server and 2 workers", result.get("memory"), "tintype", "node", "idle_mib", "most", 0.5)
    add("memory, peak at 16 x 24 MP", result.get("memory"), "tintype", "node", "peak_mib", "most", 0.5)
    return comparison.named(found, TITLES)


def _spread(each, digits):
    return f"{each['median']:,.{digits}f} ({each['min']:,.{digits}f} to {each['max']:,.{digits}f})"


def table(groups):
    """`groups` is {label: {target: rounds}}."""
    lines = ["| | | uploads/s | p50 ms | p95 ms | CPU s per upload |", "|---|---|---|---|---|---|"]
    for label, figures in groups.items():
        for target, row in comparison.summary(figures).items():
            lines.append(f"| {label} | {TITLES[target]} | {_spread(row['rate'], 2)} | {row['p50_ms']['median']:,.0f} | {_spread(row['p95_ms'], 0)} "
                         f"| {_spread(row['cpu_s'], 3)} |")
    return lines


def memory_table(figures):
    lines = ["| MiB | " + " | ".join(MEMORY.values()) + " |", "|---|---|---|"]
    return lines + [f"| {TITLES[name]} | " + " | ".join(_spread(row[each], 0) for each in MEMORY) + " |" for name, row in comparison.summary(figures).items()]


def plot(result):
    groups = {label: {TITLES[name]: row["rate"] for name, row in comparison.summary(figures).items()} for label, figures in result.get("closed", {}).items()}
    return svg.bars("Uploads", "uploads/s", groups) if groups else None


def sections(result):
    """Lines of Markdown."""
    lines = ["## Goals", "", *comparison.goal_table(result["goals"], TITLES)]
    for name, title in (("phases", "Phases of the Node design, each with its own effort (tintype 2, sharp 4)"),
                        ("open", "At a fixed rate, counted from when an upload was due"), ("slow_puts", "With 300 to 500 ms for every PUT, one upload a second")):
        if name in result:
            lines += ["", f"## {title}", "", *table({"JPEG, 12 MP": result[name]})]
    if "closed" in result:
        lines += ["", "## Closed loop, same effort and qualities", "", *table(result["closed"])]
    if "memory" in result:
        lines += ["", "## Memory", "", *memory_table(result["memory"])]
    return lines
