#!/usr/bin/env python3
"""What the invalidation of one user's pages in a large Redis does to everybody else's GETs.

Redis holds a million keys of others. 10,000 pages of one user are put there, and a PATCH of that user through tintype
invalidates them, 100 times, while GETs of other users' records come at a fixed rate and are measured from when they were
due. Only GETs due in a window count: from the PATCH until all pages are gone, at least --window; not those while pages are
put back. Phases take turns: quiet (nothing happens in the window), patch (of a user without pages), tags, scan, and keys
(not tintype, but KEYS and one DEL straight on Redis). Writes bench/results/invalidation.md, .json and .svg.

Flags of tintype are given as a string; {redis} in it is the URL of the Redis of this run.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from lib import ROOT, machine, open_loop, redis, report, service, windows
from lib.gallery import Gallery, load_others

OWNER, BYSTANDER = "gallery-owner", "without-pages"
GOALS = {"tags": 1.5, "scan": 3.0}  # of the p99 of quiet
TITLES = {"quiet": "quiet", "patch": "PATCH of a user without pages", "tags": "PATCH, `cache-invalidation=tags`",
          "scan": "PATCH, `cache-invalidation=scan`", "keys": "`KEYS` and one `DEL` on Redis"}
FULL, QUICK = {"others": 1_000_000, "invalidations": 100, "rounds": 4}, {"others": 200_000, "invalidations": 12, "rounds": 2}
SETTLE_SECONDS, PAUSE_SECONDS, POLL_SECONDS, GONE_SECONDS = 0.5, 0.05, 0.01, 60
SLACK = 50  # keys that tintype may have added by itself meanwhile


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few keys and turns, to see that it works; flags below still count")
    parser.add_argument("--others", type=int, help=f"keys of others in Redis (default: {FULL['others']}; quick: {QUICK['others']})")
    parser.add_argument("--entries", type=int, default=10_000, help="pages that are invalidated at a time (default: %(default)s)")
    parser.add_argument("--value-bytes", type=int, default=300, help="of each key (default: %(default)s)")
    parser.add_argument("--invalidations", type=int, help=f"in each phase, over all rounds (default: {FULL['invalidations']}; quick: {QUICK['invalidations']})")
    parser.add_argument("--rounds", type=int, help=f"turns of each phase (default: {FULL['rounds']}; quick: {QUICK['rounds']})")
    parser.add_argument("--window", type=int, default=200, metavar="MS", help="the least time after each that counts (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=500, help="GETs per second (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=16, help="of the GETs (default: %(default)s)")
    parser.add_argument("--users", type=int, default=50, help="whose records are read (default: %(default)s)")
    parser.add_argument("--phases", nargs="+", choices=TITLES, default=list(TITLES), metavar="PHASE", help="of: %(default)s")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"))
    parser.add_argument("--flags", default="--cache redis --redis-url {redis} --cache-memory 0KiB",
                        help="so that GETs are answered from Redis; --cache-invalidation follows (default: %(default)s)")
    parser.add_argument("--without-cache", action="store_true", default=os.environ.get("BENCH_WITHOUT_CACHE") == "1",
                        help="for a tintype without a cache: give no such flags, wait for no page to go (or BENCH_WITHOUT_CACHE=1)")
    parser.add_argument("--output", default=str(ROOT / "bench/results/invalidation"), help="without .md, .json and .svg")
    options = parser.parse_args(arguments)
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if min(options.invalidations // max(options.rounds, 1), options.rounds, options.users) < 1:
        parser.error("there must be a round, a user, and an invalidation in each round")
    return options


def say(text):
    print(f"invalidation: {text}", file=sys.stderr, flush=True)


def progress(what, total, step):
    def tell(done):
        if done % step == 0 or done == total:
            say(f"{what}: {done:,} of {total:,}")
    return tell


class Stage:
    """Redis with its million keys, and a tintype for each strategy on it; up until the stack closes."""

    def __init__(self, stack, options, work):
        self.options = options
        self.engine = stack.enter_context(redis.serving())
        self.redis = redis.Redis(self.engine["port"])
        stack.callback(self.redis.close)
        load_others(self.redis, options.others, options.value_bytes, progress("keys of others", options.others, 100_000))
        readers = [f"user-{number:03d}" for number in range(options.users)]
        users = [OWNER, BYSTANDER, *readers]
        self.ids = service.fill(options.program, work / "seed", users, progress("pictures", len(users), 10))
        self.bearer = {user: {"Authorization": service.bearer(options.program, user)} for user in users}
        self.reads = [(f"/images/{self.ids[user]}", self.bearer[user]) for user in readers]
        self.gallery = Gallery(self.redis, OWNER, options.entries, options.value_bytes)
        self.services = {strategy: self._service(stack, work, strategy) for strategy in ("tags", "scan")}

    def _service(self, stack, work, strategy):
        shutil.copytree(work / "seed", work / strategy)
        flags = f"{self.options.flags} --cache-invalidation {strategy}"
        flags = [] if self.options.without_cache else service.flags_of(flags, self.engine["endpoint"])
        return stack.enter_context(service.start(self.options.program, work / strategy, flags))

    def service_of(self, phase):
        return self.services["scan" if phase == "scan" else "tags"]

    def patch(self, client, user, number):
        headers = {**self.bearer[user], "If-Match": "*", "Content-Type": "application/json"}
        answer = client.request("PATCH", f"/images/{self.ids[user]}", json.dumps({"title": f"Title {number}"}), headers)
        if answer.status != 200:
            sys.exit(f"a PATCH was answered {answer.name()}: {answer.body[:300]}")

    def action_of(self, phase, client):
        """What happens at the start of a window; it takes the number of the window."""
        return {"quiet": lambda number: None,
                "patch": lambda number: self.patch(client, BYSTANDER, number),
                "keys": lambda number: self.gallery.delete_by_keys()
                }.get(phase, lambda number: self.patch(client, OWNER, number))

    def waits(self, phase):
        return phase == "keys" or phase in GOALS and not self.options.without_cache

    def wait_until_gone(self, size):
        end = time.monotonic() + GONE_SECONDS
        while self.redis("DBSIZE") > size + SLACK:
            if time.monotonic() > end:
                sys.exit(f"{self.gallery.left()} pages are still there {GONE_SECONDS} s after the PATCH")
            time.sleep(POLL_SECONDS)


def window(stage, phase, action, number):
    """Puts the pages there, acts, and waits for what comes of it. Only what is inside the window counts."""
    stage.redis("DEL", stage.gallery.tag, *stage.gallery.keys)
    size = stage.redis("DBSIZE")
    stage.gallery.create()
    time.sleep(PAUSE_SECONDS)
    begin = time.monotonic()
    action(number)
    acted = time.monotonic()
    if stage.waits(phase):
        stage.wait_until_gone(size)
    gone = time.monotonic()
    time.sleep(max(0.0, begin + stage.options.window / 1000 - gone))
    return {"begin": begin, "end": time.monotonic(), "action_ms": (acted - begin) * 1000, "gone_ms": (gone - begin) * 1000}


def turn(stage, phase, count):
    """One turn of a phase: (windows, samples in them, commands that Redis counted)"""
    started = stage.service_of(phase)
    client = started.client(30)
    action = stage.action_of(phase, client)
    with open_loop.load(started.address, stage.reads, stage.options.rate, stage.options.connections) as samples:
        time.sleep(SETTLE_SECONDS)
        stage.redis("CONFIG", "RESETSTAT")
        opened = [window(stage, phase, action, number) for number in range(count)]
        commands = redis.command_counts(stage.redis)
    client.close()
    return opened, windows.inside(samples, opened), commands


def measure(stage, options):
    """{phase: [turns]}"""
    turns = {phase: [] for phase in options.phases}
    for number in range(options.rounds):
        for phase in options.phases:
            turns[phase].append(turn(stage, phase, options.invalidations // options.rounds))
            last = windows.figures([turns[phase][-1]])
            say(f"round {number + 1} of {options.rounds}, {phase:5}: p50 {last['p50_ms']:.2f} ms, p99 {last['p99_ms']:.2f} ms, "
                f"gone after {last['gone_ms']['median']:.0f} ms")
    return turns


def conditions(options):
    flags = "tintype without cache" if options.without_cache else f"tintype with `{options.flags}`"
    return [f"{flags}. Redis with {options.others:,} keys of {options.value_bytes} bytes, and {options.entries:,} pages of one user, invalidated "
            f"{options.invalidations} times in {options.rounds} turns of each phase.",
            f"GETs of {options.users} other users' records, {options.rate:g} per second over {options.connections} connections, from when they were due; "
            f"those due from the PATCH until the pages are gone, at least {options.window} ms."]


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that the servers are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="tintype-invalidation-") as work, contextlib.ExitStack() as stack:
        turns = measure(Stage(stack, options, Path(work)), options)
        facts = machine.facts()
    versions = {"tintype": machine.first_line(options.program, "--version"), "redis": machine.redis_version()}
    result = {"machine": facts, "versions": versions, "options": machine.told(options), **windows.summary(turns, {} if options.without_cache else GOALS)}
    result["goals"] = windows.goals(result["ratios"], TITLES)
    lines = ["# Invalidation", "", f"`./dev bench invalidation{' --quick' if options.quick else ''}`. " + machine.sentence(facts, versions), *conditions(options), "",
             *windows.table(result, TITLES), "", windows.keys_sentence(result)]
    report.write(options.output, result, lines, windows.plot(result, TITLES))


if __name__ == "__main__":
    main(sys.argv[1:])
