#!/usr/bin/env python3
"""GET /images/{id} beside nginx with the same bytes in a file, and beside Fastify with ioredis: requests/s, latency, and the
CPU time of the server for each request.

All servers are up all the time, and are measured in turn, A B C … A B C …, so that neighbours on the machine disturb all
alike; the first round warms up and is dropped. Every server gives the same JSON, which is tintype's. tintype also checks a
token, the others ask for none. Writes bench/results/get-by-id.md, .json and .svg.

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
from collections import namedtuple
from pathlib import Path

from lib import ROOT, comparison, cpu, machine, nginx, node, redis, report, service, svg, wrk

USER = "bench"
SERVER_CORE, LOAD_CORE = 0, 1  # with --pin
FULL, QUICK = {"rounds": 5, "seconds": 3}, {"rounds": 3, "seconds": 1}

Scenario = namedtuple("Scenario", "name title peer path headers status")
Peer = namedtuple("Peer", "address pid")

# What tintype is meant to reach, and other ratios worth knowing. (better, than, figure, least or most, goal)
RATIOS = [
    ("tintype-memory-200", "fastify-redis-200", "rate", "least", 2.2),
    ("tintype-memory-200", "fastify-redis-200", "cpu_us", "most", 0.35),
    ("tintype-memory-200", "nginx-200", "rate", "least", 0.85),
    ("tintype-redis-200", "fastify-redis-200", "rate", "least", 1.3),
    ("tintype-redis-200", "fastify-redis-200", "cpu_us", "most", 0.6),
    ("tintype-tiered-200", "tintype-memory-200", "cpu_us", None, None),
    ("tintype-memory-200", "fastify-memory-200", "rate", None, None),
    ("tintype-memory-200", "fastify-memory-200", "cpu_us", None, None),
    ("tintype-memory-200", "nginx-200", "cpu_us", None, None),
    ("tintype-memory-304", "nginx-304", "rate", None, None),
    ("tintype-memory-304", "fastify-memory-304", "rate", None, None),
    ("tintype-memory-304", "fastify-memory-304", "cpu_us", None, None),
]


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few short rounds, to see that it works; flags below still count")
    parser.add_argument("--rounds", type=int, help=f"that count (default: {FULL['rounds']}; quick: {QUICK['rounds']})")
    parser.add_argument("--seconds", type=int, help=f"of each scenario in a round (default: {FULL['seconds']}; quick: {QUICK['seconds']})")
    parser.add_argument("--connections", type=int, default=64, help="of wrk, which has one thread (default: 64)")
    parser.add_argument("--pin", action="store_true",
                        help=f"servers on core {SERVER_CORE} with one thread or process each, wrk and Redis on core {LOAD_CORE}: a comparison per core")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="scenarios whose names begin so")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"))
    parser.add_argument("--memory-flags", default="--cache memory", metavar="FLAGS", help="for records from memory (default: %(default)s)")
    parser.add_argument("--redis-flags", default="--cache redis --redis-url {redis}/1 --cache-memory 0KiB", metavar="FLAGS",
                        help="for records from Redis only (default: %(default)s)")
    parser.add_argument("--tiered-flags", default="--cache redis --redis-url {redis}/2", metavar="FLAGS",
                        help="for records from memory in front of Redis (default: %(default)s)")
    parser.add_argument("--without-cache", action="store_true", default=os.environ.get("BENCH_WITHOUT_CACHE") == "1",
                        help="for a tintype without a cache: give neither of those flags (or BENCH_WITHOUT_CACHE=1)")
    parser.add_argument("--auto-pipelining", choices=("on", "off"), default="on", help="of ioredis (default: on, which is faster)")
    parser.add_argument("--output", default=str(ROOT / "bench/results/get-by-id"), help="without .md, .json and .svg")
    options = parser.parse_args(arguments)
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.rounds < 1 or options.seconds < 1:
        parser.error("--rounds and --seconds must be at least 1")
    if options.without_cache:
        options.memory_flags = options.redis_flags = options.tiered_flags = ""
    return options


def say(text):
    print(f"get_by_id: {text}", file=sys.stderr, flush=True)


class Servers:
    """All that is measured, up until the stack closes."""

    def __init__(self, stack, options, work):
        self.stack, self.options, self.work = stack, options, work
        self.server_core = SERVER_CORE if options.pin else None
        with cpu.on_core(LOAD_CORE if options.pin else None):
            self.redis = stack.enter_context(redis.serving())
        say("storing a picture")
        self.path = "/images/" + service.fill(options.program, work / "seed", [USER])[USER]
        self.authorization = {"Authorization": service.bearer(options.program, USER)}
        self.peers = {"tintype-memory": self._tintype("memory", options.memory_flags), "tintype-redis": self._tintype("redis", options.redis_flags),
                      "tintype-tiered": self._tintype("tiered", options.tiered_flags)}
        self.body, self.etag = self._record()
        redis.Redis(self.redis["port"])("SET", "image:" + self.path.rpartition("/")[2], self.body)
        self.peers["nginx"] = self._up(nginx.serving({self.path: self.body}, workers=1 if options.pin else os.cpu_count()))
        for cache in ("redis", "memory"):
            self.peers[f"fastify-{cache}"] = self._up(node.serving("get_server.mjs", CACHE=cache, LOGGER="off",
                                                                   REDIS_URL=self.redis["endpoint"], AUTO_PIPELINING=options.auto_pipelining))

    def _up(self, context):
        with cpu.on_core(self.server_core):
            child = self.stack.enter_context(context)
        return Peer(child.address, child.pid)

    def _tintype(self, name, flags):
        data = self.work / name
        shutil.copytree(self.work / "seed", data)
        threads = ["--io-threads", "1"] if self.options.pin else []
        with cpu.on_core(self.server_core):
            started = self.stack.enter_context(service.start(self.options.program, data, [*threads, *service.flags_of(flags, self.redis["endpoint"])]))
        return Peer(started.address, started.pid)

    def _record(self):
        answers = [service.get(self.peers[name].address, self.path, self.authorization) for name in ("tintype-memory", "tintype-redis", "tintype-tiered")]
        if answers[0].status != 200 or any(answer.body != answers[0].body for answer in answers):
            sys.exit(f"tintype's answers are not the same record: {[answer.name() for answer in answers]}")
        return answers[0].body, answers[0].headers["ETag"]

    def _etag(self, peer, headers):
        """That of nginx is of its own making."""
        return service.get(self.peers[peer].address, self.path, headers).headers["ETag"]

    def scenarios(self):
        titles = {"tintype-memory": "tintype, from memory", "tintype-redis": "tintype, from Redis",
                  "tintype-tiered": "tintype, from memory in front of Redis", "nginx": "nginx, file",
                  "fastify-redis": "Fastify + ioredis, from Redis", "fastify-memory": "Fastify, lru-cache"}
        wanted = [("tintype-memory", 200), ("tintype-memory", 304), ("tintype-tiered", 200), ("tintype-redis", 200), ("nginx", 200), ("nginx", 304),
                  ("fastify-redis", 200), ("fastify-memory", 200), ("fastify-memory", 304)]
        found = []
        for peer, status in wanted:
            headers = dict(self.authorization) if peer.startswith("tintype") else {}
            if status == 304:
                headers["If-None-Match"] = self._etag(peer, headers)
            found.append(Scenario(f"{peer}-{status}", f"{titles[peer]}: {status}", self.peers[peer], self.path, headers, status))
        only = tuple(self.options.only or [""])
        return [scenario for scenario in found if scenario.name.startswith(only)]


def check(scenario, body):
    """Wrk does not look at what it gets."""
    answer = service.get(scenario.peer.address, scenario.path, scenario.headers)
    if answer.status != scenario.status or answer.body != (body if scenario.status == 200 else b""):
        sys.exit(f"{scenario.name} is answered {answer.name()}: {answer.body[:200]}")


def run(scenario, servers, options):
    before, redis_before = cpu.seconds(scenario.peer.pid), cpu.seconds(servers.redis["pid"])
    with cpu.on_core(LOAD_CORE if options.pin else None):
        figures = wrk.run(f"http://{scenario.peer.address}{scenario.path}", scenario.headers, options.connections, options.seconds)
    requests = figures["requests"]
    size = figures["bytes"] / requests
    if (size > len(servers.body)) != (scenario.status == 200):
        sys.exit(f"{scenario.name}: answers of {size:.0f} bytes are not what was asked for")
    return {"rate": requests * 1e6 / figures["microseconds"], "p50_us": figures["p50"], "p99_us": figures["p99"],
            "cpu_us": (cpu.seconds(scenario.peer.pid) - before) * 1e6 / requests,
            "redis_cpu_us": (cpu.seconds(servers.redis["pid"]) - redis_before) * 1e6 / requests}


def measure(servers, options):
    """{scenario: [figures of each round that counts]}"""
    scenarios = servers.scenarios()
    figures = {scenario.name: [] for scenario in scenarios}
    for scenario in scenarios:
        check(scenario, servers.body)
    for number in range(options.rounds + 1):
        say(f"round {number} of {options.rounds}" if number else "warm-up round")
        for scenario in scenarios:
            figure = run(scenario, servers, options)
            say(f"  {scenario.name:20} {figure['rate']:9,.0f}/s  p50 {figure['p50_us']:6} us  p99 {figure['p99_us']:6} us  CPU {figure['cpu_us']:5.1f} us")
            if number:
                figures[scenario.name].append(figure)
    return figures, {scenario.name: scenario.title for scenario in scenarios}


def versions(options):
    return {"tintype": machine.first_line(options.program, "--version"), "nginx": nginx.version(), "redis": machine.redis_version(),
            **node.versions("fastify", "ioredis", "lru-cache"), "wrk": machine.first_line("wrk", "-v").split(" ")[1]}


def conditions(options, body):
    where = (f"Servers on core {SERVER_CORE} with one thread or process each, wrk and Redis on core {LOAD_CORE}." if options.pin else
             "Nothing is pinned; tintype and nginx have a thread or process for each core, Fastify one process; wrk and Redis share the cores.")
    flags = "tintype without cache" if options.without_cache else f"tintype with `{options.memory_flags}`, `{options.tiered_flags}` and `{options.redis_flags}`"
    return [f"The same {len(body)} bytes of JSON from all; {options.connections} connections of wrk -t1; {options.rounds} interleaved rounds "
            f"of {options.seconds} s after one to warm up. {where}",
            f"{flags}, and it checks a token; auto-pipelining of ioredis is {options.auto_pipelining}. CPU is user and system time of the server "
            "alone, its children included; that of Redis stands beside it."]


def goals(ratios, titles):
    """The ratios, as other benchmarks' goals say what they are about."""
    return comparison.named([{"what": f"GET by id, {titles[row['of']]}: {comparison.NAMES[row['figure']]}", **row} for row in ratios], titles)


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that the servers are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="tintype-get-by-id-") as work, contextlib.ExitStack() as stack:
        servers = Servers(stack, options, Path(work))
        figures, titles = measure(servers, options)
        facts = machine.facts()
    result = {"machine": facts, "versions": versions(options), "options": machine.told(options), "rounds": figures,
              "summary": comparison.summary(figures), "ratios": comparison.ratios(figures, RATIOS)}
    result["goals"] = goals(result["ratios"], titles)
    lines = ["# GET by id", "", f"`./dev bench get{' --quick' if options.quick else ''}{' --pin' if options.pin else ''}`. " + machine.sentence(facts, result["versions"]),
             *conditions(options, servers.body), "", *comparison.table(result["summary"], titles), "", *comparison.ratio_table(result["ratios"], titles)]
    bars = {titles[name]: {"": row["rate"]} for name, row in result["summary"].items()}
    report.write(options.output, result, lines, svg.bars("GET by id", "requests/s", bars))


if __name__ == "__main__":
    main(sys.argv[1:])
