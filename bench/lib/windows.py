"""Latencies inside windows of time, phase beside phase."""

import bisect
import collections

from . import svg
from .comparison import spread


def inside(samples, opened):
    """Seconds of the samples that were due in a window. Both in order of time."""
    due = [sample[0] for sample in samples]
    return [seconds for each in opened
            for _, seconds in samples[bisect.bisect_left(due, each["begin"]):bisect.bisect_left(due, each["end"])]]


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def figures(turns):
    """Of all GETs in the windows of these turns."""
    ordered = sorted(seconds * 1000 for _, samples, _ in turns for seconds in samples)
    opened = [each for windows, _, _ in turns for each in windows]
    return {"gets": len(ordered), "p50_ms": round(percentile(ordered, 0.5), 3), "p99_ms": round(percentile(ordered, 0.99), 3),
            "max_ms": round(ordered[-1], 3), **{name: spread([each[name] for each in opened]) for name in ("action_ms", "gone_ms")}}


def summary(turns, goals):
    """{"phases": {phase: figures}, "ratios": {phase: p99 to that of quiet}, "commands": {phase: {command: calls}}}"""
    phases = {phase: figures(rounds) for phase, rounds in turns.items()}
    commands = {phase: dict(sum((collections.Counter(counted) for _, _, counted in rounds), collections.Counter())) for phase, rounds in turns.items()}
    return {"phases": phases, "commands": commands, "ratios": ratios(turns, phases, goals)}


def ratios(turns, phases, goals):
    """To quiet: of all GETs, and the least and most that a round had."""
    found = {}
    for phase in phases.keys() - {"quiet"} if "quiet" in phases else ():
        ratio = phases[phase]["p99_ms"] / phases["quiet"]["p99_ms"]
        by_round = [figures([mine])["p99_ms"] / figures([quiet])["p99_ms"] for mine, quiet in zip(turns[phase], turns["quiet"])]
        goal = goals.get(phase)
        found[phase] = {"ratio": round(ratio, 2), "min": round(min(by_round), 2), "max": round(max(by_round), 2), "goal": goal,
                        "met": None if goal is None else ratio <= goal}
    return found


def goals(found, titles):
    """The ratios, as other benchmarks say their goals."""
    return [{"what": f"p99 of GETs while pages are invalidated: {titles[phase]}", "of": phase, "to": "quiet", "against": titles["quiet"], "figure": "p99_ms",
             "ratio": {"median": row["ratio"], "min": row["min"], "max": row["max"]}, "bound": "most", "goal": row["goal"], "met": row["met"]}
            for phase, row in found.items() if row["goal"] is not None]


def table(result, titles):
    lines = ["| | GETs | p50 ms | p99 ms | max ms | p99 to that of quiet (by round) | goal | | the call ms | pages gone after ms |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    for phase, row in result["phases"].items():
        ratio = result["ratios"].get(phase)
        compared = f"{ratio['ratio']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})" if ratio else ""
        goal = f"at most {ratio['goal']}" if ratio and ratio["goal"] else ""
        verdict = {None: "", True: "met", False: "missed"}[ratio and ratio["met"]]
        called = "" if phase == "quiet" else f"{row['action_ms']['median']:.1f} (up to {row['action_ms']['max']:.1f})"
        gone = "" if phase in ("quiet", "patch") else f"{row['gone_ms']['median']:.0f} (up to {row['gone_ms']['max']:.0f})"
        lines.append(f"| {titles[phase]} | {row['gets']:,} | {row['p50_ms']:.2f} | {row['p99_ms']:.2f} | {row['max_ms']:.1f} "
                     f"| {compared} | {goal} | {verdict} | {called} | {gone} |")
    return lines


def plot(result, titles):
    bars = {titles[phase]: {name: spread([row[name]]) for name in ("p50_ms", "p99_ms")}
            for phase, row in result["phases"].items()}
    return svg.bars("GETs while pages are invalidated", "ms", bars)


def keys_sentence(result):
    called = {phase: counted.get("keys", 0) for phase, counted in result["commands"].items() if phase != "keys"}
    return (f"`INFO commandstats` counts {sum(called.values())} calls of `KEYS` in the phases with tintype alone ({', '.join(called)}). "
            "All commands, those of the benchmark included, are in invalidation.json.")
