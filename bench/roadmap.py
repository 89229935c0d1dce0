#!/usr/bin/env python3
"""The roadmap of the design that tintype follows, measured: the image service on Node in its phases 1 to 4 and tintype, on the
same Ceph RGW, DynamoDB Local, SQS and Redis, each with the settings that it comes with.

uploads: 12 MP, 4 clients in a closed loop, in turns. gets: GET /images/{id} from the cache, one client, in turns, with nothing
else to do and while 4 clients upload. cold starts: the share of uploads that waited for a process. orphans: 4 clients upload,
the service is killed with SIGKILL and started again; objects that belong to no record a minute later, of so many kills.
Writes bench/results/roadmap.md, .json and .svg. 12 minutes; with --quick 3.
"""

import argparse
import contextlib
import http.client
import json
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from lib import ROOT, comparison, engines, image_service, machine, node, overload_scenarios, picture_forms, report, service, svg, upload_scenarios
from lib.windows import percentile

import server  # isort: skip: lib says where it is

PHASES = (1, 2, 3, 4)
CLIENTS, KILL_AFTER, SWEEP_SECONDS = 4, 2.5, 60


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="*", type=Path, help="photographs that the pictures are scaled from (default: noise that is as much work)")
    parser.add_argument("--quick", action="store_true", help="one round that counts, one kill")
    parser.add_argument("--rounds", type=int, help="that count (default: 3)")
    parser.add_argument("--seconds", type=float, help="of each turn of uploads (default: 5)")
    parser.add_argument("--kills", type=int, help="of each service (default: 3)")
    parser.add_argument("--gets", type=int, help="in each turn (default: 400)")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"))
    parser.add_argument("--output", default=str(ROOT / "bench/results/roadmap"), help="without .md, .json and .svg")
    options = parser.parse_args(arguments)
    for name, value in {"rounds": 1 if options.quick else 3, "seconds": 3 if options.quick else 5, "kills": 1 if options.quick else 3,
                        "gets": 100 if options.quick else 400}.items():
        setattr(options, name, getattr(options, name) or value)
    options.node = {}
    return options


def say(text):
    print(f"roadmap: {text}", file=sys.stderr, flush=True)


def started(stack, services):
    """All targets, up at the same time."""
    targets = [stack.enter_context(services.node(phase, EFFORT="4")) for phase in PHASES]
    targets.append(stack.enter_context(services.tintype("tintype-inline", "tintype, thumbnails=inline", ["--thumbnails", "inline"])))
    targets.append(stack.enter_context(services.tintype("tintype-async", "tintype, thumbnails=async", ["--thumbnails", "async"])))
    return targets


def gets(target, identifier, headers, count):
    """Milliseconds, sorted."""
    client, taken = server.Client(target.address, "", 30), []
    for _ in range(count):
        answer = client.request("GET", f"/images/{identifier}", headers=headers)
        if answer.status != 200:
            sys.exit(f"{target.name}: a GET was answered {answer.status}")
        taken.append(answer.seconds * 1000)
    client.close()
    return sorted(taken)


def measure_gets(stage, targets):
    """{target: [{"p50_ms", "p95_ms", "busy_p95_ms"}]}"""
    figures = {target.name: [] for target in targets}
    record_headers = {"Authorization": stage.headers["Authorization"]}
    for number in range(stage.options.rounds):
        for target in targets:
            with Uploading(target, stage) as first:
                first.wait_for(1)
            identifier = first.identifiers[0]
            target.wait_for_thumbnails(first.identifiers, record_headers)
            quiet = gets(target, identifier, record_headers, stage.options.gets)
            with Uploading(target, stage) as load:
                load.wait_for(1)
                busy = gets(target, identifier, record_headers, stage.options.gets)
            target.wait_for_thumbnails(load.identifiers, record_headers)
            figures[target.name].append({"p50_ms": percentile(quiet, 0.5), "p95_ms": percentile(quiet, 0.95), "busy_p95_ms": percentile(busy, 0.95)})
            say(f"gets, round {number + 1}: {target.title}: {figures[target.name][-1]}")
    return figures


class Uploading:
    """Clients that upload until the end of the `with` statement, or until the service is gone."""

    def __init__(self, target, stage):
        self.target, self.headers, self.body = target, stage.headers, stage.pictures["jpeg-12"]["form"].read_bytes()
        self.identifiers, self.stopped = [], threading.Event()
        self.threads = [threading.Thread(target=self._run, daemon=True) for _ in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def wait_for(self, count):
        while len(self.identifiers) < count and any(thread.is_alive() for thread in self.threads):
            time.sleep(0.02)

    def _run(self):
        connection = http.client.HTTPConnection(self.target.address, timeout=60)
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            while not self.stopped.is_set():
                connection.request("POST", "/images", self.body, self.headers)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status == 201:
                    self.identifiers.append(json.loads(body)["imageId"])
        connection.close()


def cold_starts(target):
    """(uploads that waited for a process, uploads), of tintype."""
    connection = http.client.HTTPConnection(target.address, timeout=10)
    connection.request("GET", "/metrics")
    values = dict(line.rsplit(" ", 1) for line in connection.getresponse().read().decode().splitlines() if line and not line.startswith("#"))
    return float(values.get("tintype_cold_uploads_total", 0)), float(values.get('tintype_uploads_total{outcome="success"}', 0))


@contextlib.contextmanager
def running(services, phase, setup):
    """A service that was set up, whichever it is."""
    with image_service.in_environment(services.stores.environment()):
        if phase:
            with node.serving("image_service/server.mjs", **setup) as process:
                yield image_service.Target(f"node-{phase}", f"Node, phase {phase}", process, setup["S3_BUCKET"])
        else:
            bucket, data, flags = setup
            with service.start(services.options.program, data, flags) as process:
                yield image_service.Target("tintype", "tintype", process, bucket)


def orphans(stage, phase, flags=()):
    """Objects without a record after a kill in the middle of uploads; acknowledged uploads that are gone."""
    services = stage.services
    setup = services.new_node(phase, EFFORT="4") if phase else services.new_tintype([*overload_scenarios.LEASE, *flags])
    mine = upload_scenarios.Stage(services, stage.pictures, stage.options, say, user=f"killed-{phase or '-'.join(flags)}-{time.monotonic_ns()}")
    with running(services, phase, setup) as target, Uploading(target, mine) as load:
        time.sleep(KILL_AFTER)
        os.kill(target.pid, signal.SIGKILL)
    with running(services, phase, setup) as target:
        end = time.monotonic() + SWEEP_SECONDS
        while True:
            ids = {record["imageId"] for record in overload_scenarios.records_of(target, mine.headers)}
            left = overload_scenarios.orphans(stage, target, ids, set())
            if not left and not phase or time.monotonic() > end or phase:
                return {"orphans": left, "lost": len(set(load.identifiers) - ids)}
            time.sleep(1)


def measure(stage, options):
    result = {"cold": {}, "kills": {}}
    with contextlib.ExitStack() as stack:
        targets = started(stack, stage.services)
        result["uploads"] = stage.turns(targets, "jpeg-12", CLIENTS)
        result["gets"] = measure_gets(stage, targets)
        for target in targets:
            if target.name.startswith("tintype"):
                result["cold"][target.name] = cold_starts(target)
    for number in range(options.kills):
        for name, phase, flags in [*((f"node-{phase}", phase, ()) for phase in PHASES), ("tintype-inline", None, ("--thumbnails", "inline")),
                                   ("tintype-async", None, ("--thumbnails", "async"))]:
            result["kills"].setdefault(name, []).append(orphans(stage, phase, flags))
            say(f"kill {number + 1}: {name}: {result['kills'][name][-1]}")
    return result


def table(result, titles):
    def spread(rounds, figure):
        each = comparison.spread([row[figure] for row in rounds])
        return f"{each['median']:,.1f} ({each['min']:,.1f} to {each['max']:,.1f})"
    lines = ["| | P95 upload ms | P50 get ms | P95 get ms | P95 get while 4 upload ms | cold starts | orphans after a kill | acknowledged, then lost |",
             "|---|---|---|---|---|---|---|---|"]
    for name, title in titles.items():
        cold, uploads = result["cold"].get(name, (0, 0))
        share = f"{100 * cold / uploads:.1f} % of {uploads:.0f}" if uploads else "no processes"
        kills = result["kills"][name]
        lines.append(f"| {title} | {spread(result['uploads'][name], 'p95_ms')} | {spread(result['gets'][name], 'p50_ms')} | {spread(result['gets'][name], 'p95_ms')} "
                     f"| {spread(result['gets'][name], 'busy_p95_ms')} | {share} | {', '.join(str(kill['orphans']) for kill in kills)} "
                     f"| {sum(kill['lost'] for kill in kills)} |")
    return lines


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that the services are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="tintype-roadmap-") as work, contextlib.ExitStack() as stack:
        pictures = picture_forms.made(Path(work), options.photos)
        stage = upload_scenarios.Stage(image_service.Services(engines.Stores(stack), options, Path(work)), pictures, options, say)
        result = measure(stage, options)
        facts = machine.facts()
    titles = {**{f"node-{phase}": f"Node, phase {phase}" for phase in PHASES}, "tintype-inline": "tintype, thumbnails=inline",
              "tintype-async": "tintype, thumbnails=async"}
    versions = image_service.versions(options.program)
    lines = ["# Roadmap", "", f"`./dev bench roadmap{' --quick' if options.quick else ''}`. {machine.sentence(facts, versions)}",
             f"Node with sharp's own effort, 4; tintype with its own, 2. 12 MP, 4 clients, {options.rounds} interleaved rounds of {options.seconds:g} s after one to warm "
             f"up; {options.gets} GETs a turn; killed {options.kills} times each, {KILL_AFTER} s into uploads. tintype is killed with `{' '.join(overload_scenarios.LEASE)}`.",
             "", *table(result, titles)]
    figure = statistics.median(row["p95_ms"] for row in result["uploads"]["tintype-inline"])
    say(f"tintype: P95 of uploads {figure:.0f} ms")
    bars = {title: {"": comparison.spread([row["p95_ms"] for row in result["uploads"][name]])} for name, title in titles.items()}
    report.write(options.output, {"machine": facts, "versions": versions, **result}, lines, svg.bars("P95 of an upload, 12 MP, 4 clients", "ms", bars))


if __name__ == "__main__":
    main(sys.argv[1:])
