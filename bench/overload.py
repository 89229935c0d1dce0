#!/usr/bin/env python3
"""What becomes of a service that gets more than it can do, beside the image service on Node (peers/node/image_service), both
on the same Ceph RGW, DynamoDB Local, SQS and Redis; JPEGs of 12 MP.

- overload: twice the uploads/s that a service can do come at a fixed rate, each on a connection of its own: how many are
  answered 201 within 2 s, how many are refused, and how long until a lone upload is as fast as before.
- storm: clients with one Idempotency-Token each cut their uploads off and try again: images, duplicates, and objects that
  belong to no image.

The services take turns, A B A B, so that neighbours on the machine disturb all alike. Writes bench/results/overload.md,
.json and .svg. 15 minutes; with --quick 3.
"""

import argparse
import contextlib
import json
import signal
import sys
import tempfile
from pathlib import Path

from lib import ROOT, engines, image_service, machine, overload_report, overload_scenarios, picture_forms, report, upload_scenarios

FULL = {"rounds": 3, "seconds": 5.0, "overload_seconds": 20.0, "lone": 5, "storm_clients": 32}
QUICK = {"rounds": 1, "seconds": 2.0, "overload_seconds": 6.0, "lone": 3, "storm_clients": 12}
SCENARIOS = ("overload", "storm")


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="little of each, to see that it works; flags below still count")
    for name, kind, text in (("rounds", int, "that count"), ("seconds", float, "of each turn that finds what a service can do"),
                             ("overload_seconds", float, "of overload"), ("lone", int, "uploads that say how fast one is before"),
                             ("storm_clients", int, "in the storm")):
        parser.add_argument("--" + name.replace("_", "-"), type=kind, help=f"{text} (default: {FULL[name]:g}; quick: {QUICK[name]:g})")
    parser.add_argument("--timeout", type=float, default=1.0, help="seconds after which a client of the storm cuts its upload off (default: %(default)s)")
    parser.add_argument("--retries", type=int, default=5, help="of each client in the storm (default: %(default)s)")
    parser.add_argument("--few", type=int, default=8, help="max-concurrent-uploads of the second tintype (default: %(default)s)")
    parser.add_argument("--phase", type=int, choices=(1, 2, 3, 4), default=2, help="of the Node design in overload (default: %(default)s)")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=SCENARIOS, metavar="SCENARIO", help=f"of: {' '.join(SCENARIOS)}")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"))
    parser.add_argument("--output", default=str(ROOT / "bench/results/overload"), help="without .md, .json and .svg")
    options = parser.parse_args(arguments)
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if min(options.rounds, options.seconds, options.overload_seconds, options.lone, options.storm_clients, options.timeout, options.few) <= 0:
        parser.error("rounds, seconds and counts must be positive")
    if options.few < upload_scenarios.FEW_CLIENTS:
        parser.error(f"--few must be at least {upload_scenarios.FEW_CLIENTS}, the clients that find what a service can do")
    options.node = {}
    return options


def say(text):
    print(f"overload: {text}", file=sys.stderr, flush=True)


def conditions(options):
    return ["Both store in the same Ceph RGW, DynamoDB Local, SQS (fauxqs) and Redis, on the same cores as they themselves and the load. JPEGs of 12 MP, made up "
            "of noise; WebP effort 2 for both.",
            f"overload: what a service can do is found with {upload_scenarios.FEW_CLIENTS} clients in a closed loop, rounds of {options.seconds:g} s after one to warm up; then "
            f"{overload_scenarios.FACTOR} times that is offered for {options.overload_seconds:g} s, {options.rounds} interleaved rounds. No upload is sent again. Good is what is "
            f"answered 201 within {overload_scenarios.GOOD_SECONDS:g} s of when it was due; P95 is of all that were answered 201, however late. As fast as before is a lone "
            f"upload that takes at most {overload_scenarios.AS_FAST:g} times the median of {options.lone} before the overload. Memory is the sum of PSS. Node is in phase {options.phase}; "
            f"tintype has its defaults, and beside it stands one with `max-concurrent-uploads={options.few}`.",
            f"storm: {options.storm_clients} clients with a token and a picture each begin at one time, cut off after {options.timeout:g} s, and try again up to {options.retries} times "
            f"with back-off and jitter. Images are counted by `GET /images`, objects by listing the bucket, both once the service has nothing left to do. tintype has "
            f"`{' '.join(overload_scenarios.LEASE)}`, and its sweeper has up to {overload_scenarios.SWEEP_SECONDS} s for orphans; those that were there before it are in overload.json. "
            "Phase 2 of Node knows no tokens. CPU is that of the service with its processes."]


def measure(services, options, work):
    stage, result = upload_scenarios.Stage(services, picture_forms.made(work, []), options, say), {}
    if "overload" in options.only:
        result["overload"] = overload_scenarios.overloads(stage, options.phase, options.few)
    if "storm" in options.only:
        result["storm"] = overload_scenarios.storms(stage)
    return result


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that the services are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="tintype-overload-") as work, contextlib.ExitStack() as stack:
        say("making the pictures, and starting Ceph, DynamoDB, SQS and Redis")
        result = measure(image_service.Services(engines.Stores(stack), options, Path(work)), options, Path(work))
        facts = machine.facts()
    versions = image_service.versions(options.program)
    result["goals"] = overload_report.goals(result)
    lines = ["# Overload", "", f"`./dev bench overload{' --quick' if options.quick else ''}`. " + machine.sentence(facts, versions),
             *conditions(options), "", *overload_report.sections(result)]
    report.write(options.output, {"machine": facts, "versions": versions, "options": machine.told(options), **result}, lines, overload_report.plot(result))


if __name__ == "__main__":
    main(sys.argv[1:])
