#!/usr/bin/env python3
"""The image work of one upload, a main picture of 2048 pixels and a thumbnail of 400, on one core: by tintype's engine, by the
codecs alone (the floor: libjpeg-turbo decodes once, libwebp encodes both), and by sharp, with its own effort and with tintype's.

They take turns, A B C D A B C D, on each picture; the first round warms up and is dropped. Writes bench/results/floor.md and
.json. A minute; with --quick 15 s.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from lib import ROOT, comparison, machine, node, picture_forms, report, svg

KINDS = ("jpeg-12", "jpeg-24")
TITLES = {"engine": "tintype's engine", "floor": "the codecs alone", "sharp-2": "sharp, effort 2", "sharp-4": "sharp, effort 4 (its own)"}
GOALS = (("image work, 12 MP", "engine", "floor"), ("image work, 12 MP", "engine", "sharp-2"), ("image work, 12 MP", "engine", "sharp-4"))


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="*", type=Path, help="photographs that the pictures are scaled from (default: noise that is as much work)")
    parser.add_argument("--quick", action="store_true", help="three rounds that count")
    parser.add_argument("--rounds", type=int, help="that count (default: 15)")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"))
    parser.add_argument("--output", default=str(ROOT / "bench/results/floor"), help="without .md, .json and .svg")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (3 if options.quick else 15)
    if options.rounds < 1:
        parser.error("--rounds must be positive")
    return options


class Peer:
    """A program that answers a line with milliseconds."""

    def __init__(self, command, word=""):
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.word = word

    def milliseconds(self):
        self.process.stdin.write(self.word + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.process.args[0]} has ended")
        return float(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def measure(program, picture, rounds, tell):
    """{peer: [{"ms"}]}"""
    floor, render = Path(program).with_name("tintype_floor_bench"), node.SOURCE / "render.mjs"
    peers = {"engine": Peer([floor, picture], "engine"), "floor": Peer([floor, picture], "floor"),
             **{f"sharp-{effort}": Peer(["node", render, picture, effort]) for effort in (2, 4)}}
    figures = {name: [] for name in peers}
    for number in range(rounds + 1):
        for name, peer in peers.items():
            taken = peer.milliseconds()
            if number:
                figures[name].append({"ms": taken})
        tell(number)
    for peer in peers.values():
        peer.close()
    return figures


def goals(figures):
    rows = []
    for what, mine, theirs in GOALS:
        rows += [{"what": what, **row} for row in comparison.ratios(figures, [(mine, theirs, "ms", "most", None)])]
    return rows


def sections(results, conditions):
    lines = ["# Image work", "", *conditions]
    for kind, figures in results.items():
        lines += ["", f"## {picture_forms.KINDS[kind]}", "", "| | ms, median (min to max) | of the floor |", "|---|---|---|"]
        floor = comparison.spread([row["ms"] for row in figures["floor"]])["median"]
        for name, title in TITLES.items():
            ms = comparison.spread([row["ms"] for row in figures[name]])
            lines.append(f"| {title} | {ms['median']:.0f} ({ms['min']:.0f} to {ms['max']:.0f}) | {ms['median'] / floor:.2f} |")
    return lines + ["", "## Ratios, 12 MP", "", *comparison.goal_table(goals(results["jpeg-12"]), TITLES)]


def main(arguments):
    options = options_of(arguments)
    with tempfile.TemporaryDirectory(prefix="tintype-floor-") as work:
        pictures = picture_forms.made(Path(work), options.photos)
        results = {}
        for kind in KINDS:
            def tell(number, kind=kind):
                print(f"floor: {kind}, {f'round {number} of {options.rounds}' if number else 'warm-up'}", file=sys.stderr, flush=True)
            results[kind] = measure(options.program, pictures[kind]["file"], options.rounds, tell)
        facts = machine.facts()
    versions = {"tintype": machine.first_line(options.program, "--version"), **node.versions("sharp")}
    source = "scaled from photographs" if options.photos else "made up of noise at five scales"
    conditions = [f"`./dev bench floor`. {machine.sentence(facts, versions)}",
                  f"One thread each, in turn, {options.rounds} rounds after one to warm up. Pictures {source}. Main picture of quality 85, thumbnail of 80, "
                  "effort 2 but where it says otherwise. The codecs alone: libjpeg-turbo decodes the file once, libwebp encodes two "
                  "pictures that were scaled beforehand."]
    bars = {picture_forms.KINDS[kind]: {TITLES[name]: comparison.spread([row["ms"] for row in rows]) for name, rows in figures.items()}
            for kind, figures in results.items()}
    report.write(options.output, {"machine": facts, "versions": versions, "figures": results, "goals": goals(results["jpeg-12"])},
                 sections(results, conditions), svg.bars("Image work", "ms", bars))


if __name__ == "__main__":
    main(sys.argv[1:])
