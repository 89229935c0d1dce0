"""Reads under wrk, target after target in each round: requests/s, latency, and the CPU time of the server for a request."""

import os
import sys
from collections import namedtuple

from . import cpu, service, wrk

SERVER_CORE, LOAD_CORE = 0, 1  # if pinned

# `server` has `address` and `pid`; `paths`: a file of paths to ask for in turn, or None; `is_right` takes an answer to the path.
Target = namedtuple("Target", "name title server path headers status is_right paths", defaults=(lambda answer: True, None))


class Place:
    """Where servers and load run."""

    def __init__(self, pinned):
        self.pinned = pinned
        self.threads = 1 if pinned else os.cpu_count()  # or processes, of a server

    def for_server(self):
        return cpu.on_core(SERVER_CORE if self.pinned else None)

    def for_load(self):
        return cpu.on_core(LOAD_CORE if self.pinned else None)


def check(target):
    """Wrk does not look at what it gets."""
    answer = service.get(target.server.address, target.path, target.headers)
    if answer.status != target.status or not target.is_right(answer):
        sys.exit(f"{target.name} is answered {answer.name()}, which is not what was asked for: {answer.body[:200]}")
    return len(answer.body)


def run(target, place, connections, seconds):
    size, before = check(target), cpu.seconds(target.server.pid)
    with place.for_load():
        figures = wrk.run(f"http://{target.server.address}{target.path}", target.headers, connections, seconds, paths=target.paths)
    used, requests = cpu.seconds(target.server.pid) - before, figures["requests"]
    if figures["bytes"] / requests < size * 0.9:  # pages differ a little
        sys.exit(f"{target.name}: answers of {figures['bytes'] / requests:.0f} bytes are not what was asked for")
    return {"rate": requests * 1e6 / figures["microseconds"], "p50_us": figures["p50"], "p95_us": figures["p95"], "p99_us": figures["p99"],
            "cpu_us": used * 1e6 / requests, "busy": used * 1e6 / figures["microseconds"]}


def in_turns(targets, place, connections, options, say):
    """{target: [figures of each round that counts]}"""
    figures = {target.name: [] for target in targets}
    for number in range(options.rounds + 1):
        say(f"round {number} of {options.rounds}" if number else "warm-up round")
        for target in targets:
            figure = run(target, place, connections, options.seconds)
            say(f"  {target.name:14} {figure['rate']:9,.0f}/s  p50 {figure['p50_us']:6} us  p95 {figure['p95_us']:6} us  CPU {figure['cpu_us']:5.1f} us")
            if number:
                figures[target.name].append(figure)
    return figures
