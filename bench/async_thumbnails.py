#!/usr/bin/env python3
"""What `thumbnails=async` gives, and what it costs.

- slow-puts: uploads to a Ceph RGW whose every PUT takes 300 to 500 ms, async beside inline, in turns, open loop.
- thumbnail: the time from the answer to an upload until the event that its thumbnail is done, open loop.
- load: uploads per second in closed loop, async beside inline and beside async that leaves the jobs to nobody, in turns.
- drain: a server starts with many jobs in its queue: its memory, and whether a job costs more while there are many.

What is in turns has a turn of each to warm up, which is dropped; a turn begins when the last one's thumbnails are made.
Writes bench/results/async-thumbnails.md, .json and .svg.
"""

import argparse
import contextlib
import json
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from lib import ROOT, ceph, drain, jpegs, machine, report, service, svg, uploads
from lib.comparison import spread
from lib.windows import percentile

DELAY = {"match": "PUT ", "delay": 300, "jitter": 200}
# An image that is still processing after this gets another job: with many in the queue their number would grow meanwhile.
WITHOUT_REDRIVE = ["--redrive-interval", "24h"]
ASYNC, INLINE, WITHOUT_JOBS = ["--thumbnails", "async"], ["--thumbnails", "inline"], ["--thumbnails", "async", "--jobs", "off"]
SETTLE_SECONDS, WARM_UP = 120, 4  # uploads
PARTS = ("slow-puts", "thumbnail", "load", "drain")
FULL = {"rounds": 4, "slow_uploads": 15, "slow_rate": 0.6, "thumbnail_seconds": 60, "thumbnail_rate": 2.0, "load_seconds": 10, "clients": 8, "jobs": 10_000}
QUICK = {"rounds": 1, "slow_uploads": 4, "thumbnail_seconds": 6, "load_seconds": 3, "jobs": 1000}


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="photographs (default: two JPEGs of 12 megapixels are made)")
    parser.add_argument("--quick", action="store_true", help="little of each, to see that it works; flags below still count")
    parser.add_argument("--only", action="append", choices=PARTS, help="may be given several times (default: all parts)")
    for name, kind, text in (("rounds", int, "turns of each that count, in slow-puts and load"), ("slow_uploads", int, "uploads in a turn of slow-puts"),
                             ("slow_rate", float, "uploads per second in slow-puts"), ("thumbnail_seconds", int, "of thumbnail"),
                             ("thumbnail_rate", float, "uploads per second in thumbnail"), ("load_seconds", int, "of a turn of load"),
                             ("clients", int, "in load, and to fill the queue of drain"), ("jobs", int, "in the queue of drain")):
        parser.add_argument("--" + name.replace("_", "-"), type=kind, help=f"{text} (default: {FULL[name]}; quick: {QUICK.get(name, FULL[name])})")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"))
    parser.add_argument("--output", default=str(ROOT / "bench/results/async-thumbnails"), help="without .md, .json and .svg")
    options = parser.parse_args(arguments)
    options.only = options.only or list(PARTS)
    for name, value in {**FULL, **(QUICK if options.quick else {})}.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
        elif getattr(options, name) <= 0:
            parser.error(f"--{name.replace('_', '-')} must be more than 0")
    return options


def say(text):
    print(f"async_thumbnails: {text}", file=sys.stderr, flush=True)


def progress(what, total):
    """Tells of each tenth; may be called by several threads."""
    step = max(1, total // 10)
    return lambda done: say(f"{what}: {done:,} of {total:,}") if done % step == 0 else None


def figures(seconds):
    ordered = sorted(seconds)
    return {"count": len(ordered), "p50": round(percentile(ordered, 0.5), 3), "p95": round(percentile(ordered, 0.95), 3), "max": round(ordered[-1], 3)}


def row(title, text, goal="", met=None):
    return {"title": title, "measured": text, "goal": goal, "met": met}


def ratio_row(title, ratio, goal=None):
    text = f"{ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})"
    return row(title, text, *(() if goal is None else (f"at least {goal}", ratio["median"] >= goal)))


def in_turns(servers, rounds, turn):
    """{name: [what turn(name, server, warming up) gave]}, without that of the first round."""
    found = {name: [] for name in servers}
    for number in range(rounds + 1):
        for name, server in servers.items():
            figure = turn(name, server, number == 0)
            if number:
                found[name].append(figure)
            say(f"{f'round {number} of {rounds}' if number else 'warm-up'}, {name}: {json.dumps(figure['told'])}")
    return found


class Bench:
    """Each part: what it found as it goes into the .json, and its rows of the table."""

    def __init__(self, options, work):
        self.options, self.work = options, work
        say("photographs")
        self.pictures = jpegs.load(options.files, work)

    def picture(self, number):
        return self.pictures[number % len(self.pictures)]

    def serving(self, name, flags):
        return service.start(self.options.program, self.work / name, flags)

    def slow_puts(self):
        options = self.options

        def turn(name, server, warming_up):
            count = min(WARM_UP, options.slow_uploads) if warming_up else options.slow_uploads
            with uploads.Completions(server) as completions:
                sent = uploads.open_loop(server, self.pictures, options.slow_rate, count)
                if name == "async":
                    completions.wait_for([upload.id for upload in sent], SETTLE_SECONDS)
            seconds = [upload.answered - upload.due for upload in sent]
            return {"told": figures(seconds), "seconds": seconds}

        with contextlib.ExitStack() as stack:
            bucket, control = stack.enter_context(ceph.serving(options.program, self.work / "slow-init"))
            ceph.set_faults(control, **DELAY)
            servers = {name: stack.enter_context(self.serving(f"slow-{name}", [*bucket, *flags])) for name, flags in (("async", ASYNC), ("inline", INLINE))}
            turns = in_turns(servers, options.rounds, turn)
        whole = {name: figures([seconds for turn in found for seconds in turn["seconds"]]) for name, found in turns.items()}
        rows = []
        for name in ("p95", "p50"):
            by_round = [mine["told"][name] / theirs["told"][name] for mine, theirs in zip(turns["async"], turns["inline"])]
            ratio = {**spread(by_round), "median": round(whole["async"][name] / whole["inline"][name], 2)}
            times = f"{whole['async'][name] * 1000:,.0f} to {whole['inline'][name] * 1000:,.0f} ms"
            rows.append(row(f"{name.upper()} of an upload, async over inline, {DELAY['delay']} to {DELAY['delay'] + DELAY['jitter']} ms for each PUT",
                            f"{ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f} by round): {times}"))
        return {"turns": turns, "all": whole}, rows

    def thumbnail(self):
        options = self.options
        with self.serving("thumbnail", ASYNC) as server, uploads.Completions(server) as completions:
            for count in (WARM_UP, int(options.thumbnail_rate * options.thumbnail_seconds)):
                say(f"thumbnail: {count} uploads")
                sent = uploads.open_loop(server, self.pictures, options.thumbnail_rate, count)
                done = completions.wait_for([upload.id for upload in sent], SETTLE_SECONDS)
        # The event may be there before the answer has been read.
        found = figures([max(0.0, done[upload.id] - upload.answered) for upload in sent])
        answered = figures([upload.answered - upload.due for upload in sent])
        text = f"P50 {found['p50']:.2f} s, P95 {found['p95']:.2f} s, most {found['max']:.2f} s; answers after P50 {answered['p50']:.2f} s, P95 {answered['p95']:.2f} s"
        title = f"From the answer to the thumbnail, {options.thumbnail_rate:g} uploads/s"
        return {"thumbnail": found, "answer": answered}, [row(title, text, "P95 below 2 s", found["p95"] < 2)]

    def load(self):
        options, made = self.options, {"async": 0}

        def turn(name, server, _):
            rate, count = uploads.closed_loop(server, self.picture, options.clients, seconds=options.load_seconds)
            if name in made:
                made[name] += count
                began = time.monotonic()
                uploads.wait_until_done(server, made[name], SETTLE_SECONDS)
                return {"told": {"uploads/s": round(rate, 2), "seconds until all thumbnails": round(time.monotonic() - began, 1)}, "rate": rate}
            return {"told": {"uploads/s": round(rate, 2)}, "rate": rate}

        with contextlib.ExitStack() as stack:
            flags = {"async": ASYNC, "inline": INLINE, "without jobs": WITHOUT_JOBS}
            servers = {name: stack.enter_context(self.serving(f"load-{name}", [*flags[name], *WITHOUT_REDRIVE])) for name in flags}
            turns = in_turns(servers, options.rounds, turn)
        rows = [row(f"Uploads/s, {options.clients} clients: async; inline; async with `jobs=off`",
                    "; ".join(f"{spread([turn['rate'] for turn in found])['median']:.1f}" for found in turns.values()))]
        for other, title in (("inline", "inline"), ("without jobs", "async with `jobs=off`")):
            ratio = spread([mine["rate"] / theirs["rate"] for mine, theirs in zip(turns["async"], turns[other])])
            rows.append(ratio_row(f"Uploads/s, async over {title}", ratio, 0.9))
        return turns, rows

    def drain(self):
        jobs, data = self.options.jobs, "drain"
        with self.serving(data, [*WITHOUT_JOBS, *WITHOUT_REDRIVE]) as server:
            rate, _ = uploads.closed_loop(server, drain.picture, self.options.clients, count=jobs, progress=progress("uploads with jobs=off", jobs))
        say(f"{rate:.0f} uploads/s; now a server that does the jobs")
        with self.serving(data, [*ASYNC, *WITHOUT_REDRIVE]) as server:
            samples = drain.watch(server, jobs, progress("thumbnails", 10), SETTLE_SECONDS + jobs // 10)
        found = drain.summary(samples, jobs)
        memory, tenths = found["memory_mib"], found["jobs_per_second"]
        rows = [row(f"{jobs:,} jobs: memory of the server at 10, 50 and 90 % of them", ", ".join(f"{value:.0f}" for value in memory) + " MiB",
                    f"within {drain.FLAT:.0%}", found["flat"]),
                row(f"{jobs:,} jobs: the first tenth's time for a job over the last tenth's",
                    f"{found['first_over_last']:.2f}; jobs/s by tenth: {' '.join(f'{rate:.0f}' for rate in tenths)}",
                    f"at most {drain.GROWTH}", found["first_over_last"] <= drain.GROWTH)]
        return {**found, "samples": samples}, rows


def conditions(options, pictures):
    sizes = ", ".join(f"{len(picture) / 1e6:.1f} MB" for picture in pictures)
    given = "given" if options.files else "made: blurred noise"
    return [f"Photographs of {sizes} ({given}). Load and servers share the cores, nothing is pinned; SQLite holds records and queue, `engine=worker`, all "
            f"other settings at their defaults but those that are named. Of what is in turns, {options.rounds} of each count, after one to warm up.",
            f"slow-puts: Ceph RGW in memory behind a proxy that holds back the answers to PUT, all of them and nothing else, by {DELAY['delay']} ms and "
            f"up to {DELAY['jitter']} ms more; turns of {options.slow_uploads} uploads, {options.slow_rate:g} per second, each from when it was due. "
            f"thumbnail: files, {options.thumbnail_rate:g} per second for {options.thumbnail_seconds} s, the event read from `GET /events`. "
            f"load: files, turns of {options.load_seconds} s, ratios by round. drain: files, PNGs of {drain.WIDTH} × {drain.HEIGHT}; "
            "the server that does the jobs is another one than took the uploads, memory is its resident set without that of the image workers. "
            "load and drain have `redrive-interval=24h`, so that images whose jobs nobody does get no second ones."]


def table(rows):
    verdict = {None: "", True: "met", False: "missed"}
    return ["| | measured | goal | |", "|---|---|---|---|",
            *(f"| {each['title']} | {each['measured']} | {each['goal']} | {verdict[each['met']]} |" for each in rows)]


def plot(turns):
    """Uploads/s; None if that was not measured."""
    return turns and svg.bars("Uploads under full load", "uploads/s", {name: {"": spread([turn["rate"] for turn in found])} for name, found in turns.items()})


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that the servers are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="tintype-async-thumbnails-") as work:
        bench, found, rows = Bench(options, Path(work)), {}, []
        for part in PARTS:
            if part in options.only:
                began = time.monotonic()
                found[part], more = getattr(bench, part.replace("-", "_"))()
                rows += more
                say(f"{part} took {time.monotonic() - began:.0f} s")
        facts, told = machine.facts(), conditions(options, bench.pictures)
    versions = {"tintype": machine.first_line(options.program, "--version")}
    if "slow-puts" in options.only and shutil.which("radosgw"):
        versions["ceph"] = machine.ceph_version()
    described = {name: value for name, value in machine.told(options).items() if name != "files"}
    result = {"machine": facts, "versions": versions, "options": described, "rows": rows, **found}
    lines = ["# Asynchronous thumbnails", "", f"`./dev bench async{' --quick' if options.quick else ''}`. " + machine.sentence(facts, versions), *told, "", *table(rows)]
    report.write(options.output, result, lines, plot(found.get("load")))


if __name__ == "__main__":
    main(sys.argv[1:])
