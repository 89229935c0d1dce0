#!/usr/bin/env python3
"""Reads, straight from the stores, under wrk: requests/s, latency, and the CPU time of the server for each request.

- blob: a stored WebP of about 200 KB by sendfile, and its 304, beside nginx with the same bytes.
- list: pages of GET /images of a user with 1,000 images beside one with 1,000,000, each in an SQLite file of its own.
- record: GET /images/{id}, and its 304, with cache=none.

What is compared is measured in turn, A B A B, so that neighbours on the machine disturb all alike; the first round warms up
and is dropped. Writes bench/results/reads.md, .json and .svg. 6 minutes; with --quick 1.
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from lib import ROOT, machine, nginx, read_report, read_scenarios, read_turns, report

MEASURED_BY = {"blob": read_scenarios.blob, "list": read_scenarios.lists, "record": read_scenarios.record}
FULL = {"rounds": 5, "seconds": 3, "images": 1_000_000}
QUICK = {"rounds": 2, "seconds": 1, "images": 100_000}


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="little of each, to see that it works; flags below still count")
    parser.add_argument("--only", nargs="+", choices=MEASURED_BY, default=list(MEASURED_BY), metavar="SCENARIO",
                        help=f"of: {' '.join(MEASURED_BY)} (default: all)")
    for name, text in (("rounds", "that count"), ("seconds", "of each target in a round"), ("images", "of the user who has many")):
        parser.add_argument(f"--{name}", type=int, help=f"{text} (default: {FULL[name]}; quick: {QUICK[name]})")
    parser.add_argument("--connections", type=int, default=64, help="of wrk, which has one thread, for blobs and records (default: 64)")
    parser.add_argument("--list-connections", type=int, default=1, help="for lists (default: 1, so that no request waits for another)")
    parser.add_argument("--pin", action=argparse.BooleanOptionalAction, default=True,
                        help=f"servers on core {read_turns.SERVER_CORE} with one thread or process each, wrk on core {read_turns.LOAD_CORE} (default)")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"))
    parser.add_argument("--output", default=str(ROOT / "bench/results/reads"), help="without .md, .json and .svg")
    options = parser.parse_args(arguments)
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if min(options.rounds, options.seconds, options.connections, options.list_connections) < 1 or options.images < read_scenarios.FEW:
        parser.error(f"--rounds, --seconds and the connections must be at least 1, --images at least {read_scenarios.FEW}")
    return options


def say(text):
    print(f"reads: {text}", file=sys.stderr, flush=True)


def measure(options, work, place):
    """{scenario: figures of its rounds}, and the sizes of what was read"""
    stage, found = read_scenarios.Stage(options, work, place, say), {"sizes": {}}
    for scenario, measured in MEASURED_BY.items():
        if scenario in options.only:
            say(scenario)
            found[scenario], sizes = measured(stage)
            found["sizes"] |= sizes
    return found


def conditions(options, sizes):
    where = (f"Servers on core {read_turns.SERVER_CORE} with one thread or process each (tintype: one I/O thread, beside those of the store lane), "
             f"wrk on core {read_turns.LOAD_CORE}." if options.pin else
             "Nothing is pinned: servers and wrk share the cores, and a server has a thread or process for each.")
    lines = [f"{options.rounds} interleaved rounds of {options.seconds} s after one to warm up; wrk -t1. {where} CPU is user and system time of the "
             "server. Where fewer cores are busy than it may use, it waited for wrk, or for its share of a busy machine.",
             "tintype has `cache=none`: every page and record is read from SQLite, whose file is in the memory of the system."]
    if "blob" in options.only:
        lines.append(f"blob: {sizes['blob_bytes']:,} bytes of WebP from a file by sendfile, {options.connections} connections; Content-Type, Cache-Control "
                     "and X-Content-Type-Options are the same. nginx keeps the file open (open_file_cache), tintype opens it for each request.")
    if "list" in options.only:
        lines.append(f"list: a page of {read_scenarios.PAGE} images, {sizes['page_bytes']:,} bytes, connections: {options.list_connections}. The few images and "
                     "the many are in a data directory each. The page in the middle is the same one all the time; pages at random begin after "
                     f"{read_scenarios.PLACES:,} places in turn, more than SQLite's own cache holds of many images but not of few.")
    if "record" in options.only:
        lines.append(f"record: {sizes['record_bytes']:,} bytes of JSON, {options.connections} connections; the token is checked.")
    return lines


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that the servers are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="tintype-reads-") as work:
        result = measure(options, Path(work), read_turns.Place(options.pin))
        facts = machine.facts()
    versions = {"tintype": machine.first_line(options.program, "--version"), "nginx": nginx.version(),
                "wrk": machine.first_line("wrk", "-v").split(" ")[1]}
    result["goals"] = read_report.goals(result, options.images)
    command = "./dev bench reads" + (" --quick" if options.quick else "") + ("" if options.pin else " --no-pin")
    lines = ["# Reads", "", f"`{command}`. " + machine.sentence(facts, versions),
             *conditions(options, result["sizes"]), *read_report.sections(result, options.images)]
    result = {"machine": facts, "versions": versions, "options": machine.told(options), **result}
    report.write(options.output, result, lines, read_report.plot(result, options.images))


if __name__ == "__main__":
    main(sys.argv[1:])
