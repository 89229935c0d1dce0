"""Figures of interleaved rounds: medians, spread, and ratios with the goal that they are meant to reach.

A ratio is the median of the ratios of each round: what slows a whole round down does not change it.
"""

import statistics

NAMES = {"rate": "requests/s", "cpu_us": "server CPU per request", "ms": "milliseconds"}


def summary(figures):
    """{scenario: {figure: {"median", "min", "max"}}}"""
    return {scenario: {name: spread([round[name] for round in rounds]) for name in rounds[0]} for scenario, rounds in figures.items()}


def spread(values):
    return {"median": round(statistics.median(values), 2), "min": round(min(values), 2), "max": round(max(values), 2)}


def ratios(figures, wanted):
    """For each of `wanted` (scenario, other, figure, "least" or "most", goal) that was measured: the ratio, and whether it is met."""
    found = []
    for scenario, other, name, bound, goal in wanted:
        if scenario not in figures or other not in figures:
            continue
        ratio = spread([mine[name] / theirs[name] for mine, theirs in zip(figures[scenario], figures[other]) if theirs[name]] or [0])
        met = None if goal is None else ratio["median"] >= goal if bound == "least" else ratio["median"] <= goal
        found.append({"of": scenario, "to": other, "figure": name, "ratio": ratio, "bound": bound, "goal": goal, "met": met})
    return found


def table(summary, titles):
    lines = ["| | requests/s, median (min to max) | p50 ms | p99 ms | server CPU us/request | Redis CPU us/request |", "|---|---|---|---|---|---|"]
    for scenario, row in summary.items():
        rate, redis = row["rate"], row["redis_cpu_us"]["median"]
        lines.append(f"| {titles[scenario]} | {rate['median']:,.0f} ({rate['min']:,.0f} to {rate['max']:,.0f}) | {row['p50_us']['median'] / 1000:.2f} "
                     f"| {row['p99_us']['median'] / 1000:.2f} | {row['cpu_us']['median']:.1f} ({row['cpu_us']['min']:.1f} to {row['cpu_us']['max']:.1f}) "
                     f"| {f'{redis:.1f}' if redis >= 0.5 else ''} |")
    return lines


def ratio_table(ratios, titles):
    lines = ["| ratio of | to | in | median (min to max) | goal | |", "|---|---|---|---|---|---|"]
    for row in ratios:
        ratio = row["ratio"]
        goal = "" if row["goal"] is None else f"at {row['bound']} {row['goal']}"
        verdict = {None: "", True: "met", False: "missed"}[row["met"]]
        lines.append(f"| {titles[row['of']]} | {titles[row['to']]} | {NAMES[row['figure']]} "
                     f"| {ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f}) | {goal} | {verdict} |")
    return lines


def single(what, figures, scenario, name, bound=None, goal=None):
    """As a row of `ratios`, with `what`: a figure that is compared with nothing. Every round must reach the goal."""
    value = spread([round[name] for round in figures[scenario]])
    met = None if goal is None else value["min"] >= goal if bound == "least" else value["max"] <= goal
    return {"what": what, "of": scenario, "to": None, "figure": name, "ratio": value, "bound": bound, "goal": goal, "met": met}


def named(goals, titles):
    """The goals with what each is against in words, for who reads them without these titles."""
    return [{**row, "against": titles.get(row["to"], "")} for row in goals]


def goal_table(goals, titles):
    """Of ratios that also say `what` they are about."""
    lines = ["| | median (min to max) | of | to | goal | |", "|---|---|---|---|---|---|"]
    for row in goals:
        ratio, goal = row["ratio"], "" if row["goal"] is None else f"at {row['bound']} {row['goal']}"
        lines.append(f"| {row['what']} | {ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f}) | {titles[row['of']]} | {titles.get(row['to'], '')} "
                     f"| {goal} | {({None: '', True: 'held', False: 'missed'})[row['met']]} |")
    return lines
