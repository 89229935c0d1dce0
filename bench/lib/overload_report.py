"""What the benchmark of overload says: its tables, the goals, and the plot."""

from . import comparison, svg

TITLES = {"tintype": "tintype", "tintype-few": "tintype, fewer at a time", "node": "Node", "node-2": "Node, phase 2", "node-4": "Node, phase 4"}


def goals(result):
    """[{"what", "of", "to", "figure", "ratio", "bound", "goal", "met"}] of what was measured; `to` is None for what is no ratio."""
    found, overload, storm = [], result.get("overload"), result.get("storm")
    if overload:
        found += [comparison.single("good uploads/s at twice what it can do, as a share of that", overload["turns"], name, "good_share") for name in overload["turns"]]
    if storm:
        for figure, what in (("duplicates", "images beyond one for each token, after a storm of retries"), ("orphans", "objects without a record, after a storm of retries")):
            found.append(comparison.single(what, storm, "tintype", figure, "most", 0))
        for peer in ("node-2", "node-4"):
            wanted = ("tintype", peer, "cpu_s", "most", None)
            found += [{"what": "CPU seconds for each distinct image, in a storm of retries", **row} for row in comparison.ratios(storm, [wanted])]
    return comparison.named(found, TITLES)


def _spread(each, digits=0, scale=1):
    return f"{each['median'] * scale:,.{digits}f} ({each['min'] * scale:,.{digits}f} to {each['max'] * scale:,.{digits}f})"


def overload_table(found):
    lines = ["| | can do, uploads/s | offered, uploads/s | good, uploads/s | accepted % | refused % | of them with Retry-After % | failed % | P95 of accepted ms "
             "| P95 of refusals ms | peak MiB | as fast as before after s |", "|---|---|---|---|---|---|---|---|---|---|---|---|"]
    capacity = comparison.summary(found["capacity"])
    for name, row in comparison.summary(found["turns"]).items():
        shares = " | ".join(_spread(row[each], 0, 100) for each in ("accepted", "refused", "retry_after", "failed"))
        lines.append(f"| {TITLES[name]} | {_spread(capacity[name]['rate'], 2)} | {row['offered']['median']:.2f} | {_spread(row['goodput'], 2)} | {shares} "
                     f"| {_spread(row['p95_ms'])} | {_spread(row['refusal_p95_ms'])} | {_spread(row['peak_mib'])} | {_spread(row['recovery_s'], 1)} |")
    return lines


def storm_table(found):
    lines = ["| | attempts | of them cut off | answered 409 | first ones cut off % | clients answered | distinct images | duplicates | objects | orphans | CPU s for each distinct image |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]
    for name, row in comparison.summary(found).items():
        attempts = " | ".join(_spread(row[each]) for each in ("attempts", "cut", "conflicts"))
        counts = " | ".join(_spread(row[each]) for each in ("answered", "distinct", "duplicates", "objects", "orphans"))
        lines.append(f"| {TITLES[name]} | {attempts} | {_spread(row['first_cut'], 0, 100)} | {counts} | {_spread(row['cpu_s'], 2)} |")
    return lines


def plot(result):
    if "overload" not in result:
        return None
    capacity, turns = comparison.summary(result["overload"]["capacity"]), comparison.summary(result["overload"]["turns"])
    groups = {TITLES[name]: {"can do": capacity[name]["rate"], "good at twice that": turns[name]["goodput"]} for name in turns}
    return svg.bars("Overload", "uploads/s", groups)


def sections(result):
    """Lines of Markdown."""
    lines = ["## Goals", "", *comparison.goal_table(result["goals"], TITLES)]
    if "overload" in result:
        lines += ["", "## Twice what it can do", "", *overload_table(result["overload"])]
    if "storm" in result:
        lines += ["", "## A storm of retries", "", *storm_table(result["storm"])]
    return lines
