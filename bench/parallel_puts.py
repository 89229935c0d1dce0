#!/usr/bin/env python3
"""Uploads to a Ceph RGW whose every PUT takes 300 to 500 ms, as those of S3 often do, with both puts at one time and one
after the other, in turns (tintype_parallel_puts_bench.cpp). Writes bench/results/parallel-puts.md, .json and .svg.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from lib import ROOT, ceph, comparison, engines, jpegs, machine, report, svg

DELAY = {"match": "PUT ", "delay": 300, "jitter": 200}
CLAIM = 0.6  # "40 % faster"
ROW = re.compile(r"^\| (\S+) \| (\d+) \| (\d+) \| [\d.]+ \|$", re.MULTILINE)


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="photographs (default: two JPEGs of 12 megapixels are made)")
    parser.add_argument("--quick", action="store_true", help="one file and few rounds, to see that it works")
    parser.add_argument("--rounds", type=int, help="that count (default: 20; quick: 5)")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"), help="whose version is told (default: build/release/tintype)")
    parser.add_argument("--bench", default=str(ROOT / "build/release/tintype_parallel_puts_bench"), help="(default: build/release/tintype_parallel_puts_bench)")
    parser.add_argument("--output", default=str(ROOT / "bench/results/parallel-puts"), help="without .md, .json and .svg")
    options = parser.parse_args(arguments)
    options.rounds = (5 if options.quick else 20) if options.rounds is None else options.rounds
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def say(text):
    print(f"parallel_puts: {text}", file=sys.stderr, flush=True)


def measured(options, files):
    """What the program prints."""
    say("starting Ceph")
    with engines.serving("ceph") as engine, engines.serving("faultproxy", "--upstream", str(engine["port"])) as proxy:
        ceph.set_faults(proxy["control"], **DELAY)
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": engine["access_key"], "AWS_SECRET_ACCESS_KEY": engine["secret_key"],
                       "S3_TEST_ENDPOINT": proxy["endpoint"], "S3_TEST_DIRECT_ENDPOINT": engine["endpoint"], "S3_TEST_FAULTS": proxy["control"]}
        say(f"{options.rounds} rounds for each of {len(files)} pictures, about 2 s a round")
        return subprocess.run([options.bench, str(options.rounds), *files], env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that the engines are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="tintype-parallel-puts-") as work:
        files = options.files or jpegs.make_files(work, 1 if options.quick else 2)
        text = measured(options, files[:1] if options.quick else files)
        facts = machine.facts()
    versions = {"tintype": machine.first_line(options.program, "--version"), "ceph": machine.ceph_version()}
    rows = [{"file": name, "parallel_ms": int(parallel), "sequential_ms": int(sequential)} for name, parallel, sequential in ROW.findall(text)]
    if not rows:
        sys.exit(f"{options.bench} has said nothing of any file:\n{text}")
    ratio = comparison.spread([row["parallel_ms"] / row["sequential_ms"] for row in rows])
    goal = {"what": "upload with 300 to 500 ms per PUT, both puts at one time", "of": "parallel", "to": "sequential", "against": "one after the other",
            "figure": "ms", "ratio": ratio, "bound": "most", "goal": CLAIM, "met": ratio["median"] <= CLAIM}
    lines = ["# Parallel puts", "", f"`./dev bench parallel-puts{' --quick' if options.quick else ''}`. " + machine.sentence(facts, versions),
             f"Every PUT takes 300 ms and up to 200 ms more. Medians of {options.rounds} rounds for each file, after one to warm up; files that are not given are blurred noise.", "", text.rstrip()]
    bars = {row["file"]: {way: comparison.spread([row[f"{way}_ms"]]) for way in ("sequential", "parallel")} for row in rows}
    report.write(options.output, {"machine": facts, "versions": versions, "files": rows, "goals": [goal]}, lines,
                 svg.bars("An upload with 300 to 500 ms per PUT", "ms, median", bars))


if __name__ == "__main__":
    main(sys.argv[1:])
