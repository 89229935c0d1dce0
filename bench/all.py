#!/usr/bin/env python3
"""Runs every benchmark, one after the other, and prints one table of the goals: held or missed.

With --quick each runs for as long as shows that it works, into a temporary folder, and all end within 10 minutes; else each
runs in full, into bench/results, 70 minutes, and the table goes to bench/results/goals.md. One that fails does not stop the
others; then the exit code is 1.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

from lib import ROOT, goal_rows, machine

Bench = namedtuple("Bench", "name script output full quick")  # flags of a full and of a quick run

# The long ones last: on a busy machine it is they that --quick leaves out.
BENCHES = [
    Bench("get", "get_by_id.py", "get-by-id", ["--pin"], ["--quick", "--pin"]),
    Bench("reads", "reads.py", "reads", [], ["--quick"]),
    Bench("invalidation", "invalidation.py", "invalidation", [], ["--quick"]),
    Bench("cold-start", "cold_start.py", "cold-start", [], ["--quick"]),
    Bench("async", "async_thumbnails.py", "async-thumbnails", [], ["--quick", "--only", "thumbnail", "--only", "load"]),
    Bench("parallel-puts", "parallel_puts.py", "parallel-puts", [], ["--quick"]),
    Bench("floor", "floor.py", "floor", [], ["--quick"]),
    Bench("uploads", "uploads.py", "uploads", [], ["--quick", "--only", "phases", "closed", "slow-puts", "memory"]),
    Bench("overload", "overload.py", "overload", [], ["--quick"]),
]
QUICK_SECONDS = 570  # of all; the rest of 10 minutes is for what comes before and for ending
FULL_SECONDS = 3600  # of each: one that hangs must end
END_SECONDS = 90


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few rounds of each")
    parser.add_argument("--only", nargs="+", choices=[bench.name for bench in BENCHES], metavar="NAME", help=f"of: {' '.join(bench.name for bench in BENCHES)}")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"))
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="for the results (default: bench/results, or with --quick a new temporary one)")
    options = parser.parse_args(arguments)
    options.output = options.output or (Path(tempfile.mkdtemp(prefix="tintype-bench-")) if options.quick else ROOT / "bench/results")
    options.output.mkdir(parents=True, exist_ok=True)
    return options


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def run(bench, options, seconds):
    """Why it failed, or None. Its report is in its file, so what it prints is dropped."""
    command = [sys.executable, ROOT / "bench" / bench.script, *(bench.quick if options.quick else bench.full), "--program", options.program,
               "--output", options.output / bench.output]
    process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        code = process.wait(seconds)
        return None if code == 0 else f"it ended with {code}, see above"
    except subprocess.TimeoutExpired:
        return f"it was not done after {seconds:.0f} s"
    finally:
        ended(process)


def ended(process):
    process.terminate()  # does nothing once it has ended
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_all(options):
    """{benchmark: why it failed, or None}"""
    failures, began = {}, time.monotonic()
    benches = [bench for bench in BENCHES if bench.name in (options.only or [bench.name]) and (ROOT / "bench" / bench.script).exists()]
    for number, bench in enumerate(benches, 1):
        started = time.monotonic()
        left = QUICK_SECONDS - (started - began) if options.quick else FULL_SECONDS
        say(f"{number} of {len(benches)}: {bench.name}, {started - began:.0f} s after the start")
        failures[bench.name] = run(bench, options, left) if left > 0 else "there was no time left for it"
        say(f"{bench.name} {'failed: ' + failures[bench.name] if failures[bench.name] else f'took {time.monotonic() - started:.0f} s'}")
    return failures


def report(options, failures):
    """Lines of Markdown."""
    facts = machine.facts()
    lines = ["# Goals", "", f"`./dev bench {'--quick' if options.quick else 'all'}`. "
             + machine.sentence(facts, {"tintype": machine.first_line(options.program, "--version")}), "", *goal_rows.HEAD]
    for bench in BENCHES:
        file = options.output / f"{bench.output}.json"
        if bench.name in failures and failures[bench.name] is None:
            lines += goal_rows.lines(json.loads(file.read_text()))
    failed = [f"- `{name}` failed: {why}" for name, why in failures.items() if why]
    return lines + (["", "Without these benchmarks:", "", *failed] if failed else [])


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that the benchmark that runs is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    failures = run_all(options)
    lines = report(options, failures)
    (options.output / "goals.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    say(f"the results are in {options.output}")
    sys.exit(1 if any(failures.values()) else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
