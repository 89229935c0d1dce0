#!/usr/bin/env python3
"""Uploads to tintype beside the image service on Node that its users have today (bench/peers/node/image_service), both on the
same Ceph RGW, DynamoDB Local, SQS and Redis: uploads/s in a closed loop, latency at a fixed rate and with slow PUTs, CPU
seconds for each upload, memory.

The services are up at the same time and take turns, A B A B, so that neighbours on the machine disturb both alike; the first
round warms up and is dropped. Writes bench/results/uploads.md, .json and .svg. 20 minutes; with --quick 4.
"""

import argparse
import contextlib
import signal
import sys
import tempfile
from pathlib import Path

from lib import ROOT, engines, image_service, machine, picture_forms, report, upload_report, upload_scenarios

SCENARIOS = ("phases", "closed", "open", "slow-puts", "memory")
FULL = {"rounds": 3, "seconds": 5, "kinds": [*picture_forms.KINDS, "mix"], "clients": [1, 4, 16]}
QUICK = {"rounds": 1, "seconds": 2, "kinds": ["jpeg-12", "mix"], "clients": [4]}


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="*", type=Path, help="photographs that the pictures are scaled from (default: noise that is as much work)")
    parser.add_argument("--quick", action="store_true", help="one round that counts, 2 s, 4 clients, 12 MP and the mix: shows that it works")
    parser.add_argument("--rounds", type=int, help="that count (default: 3)")
    parser.add_argument("--seconds", type=float, help="of each turn (default: 5; at a fixed rate twice as long)")
    parser.add_argument("--kinds", nargs="+", choices=FULL["kinds"], help="of pictures in the closed loop (default: all)")
    parser.add_argument("--clients", nargs="+", type=int, metavar="N", help="in the closed loop (default: 1 4 16)")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=SCENARIOS, metavar="SCENARIO", help=f"of: {' '.join(SCENARIOS)}")
    parser.add_argument("--phase", type=int, choices=(1, 2, 3, 4), help="of the Node design in closed, open and memory (default: that with the most "
                        "uploads/s in `phases`, 2 without it)")
    parser.add_argument("--tuned", action="store_true", help="the Node service with the best settings found rather than its defaults (its README)")
    parser.add_argument("--node", nargs="+", default=[], metavar="NAME=VALUE", help="further settings of the Node service (its README)")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"))
    parser.add_argument("--output", default=str(ROOT / "bench/results/uploads"), help="without .md, .json and .svg")
    options = parser.parse_args(arguments)
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if min(options.rounds, options.seconds, *options.clients) <= 0:
        parser.error("--rounds, --seconds and --clients must be positive")
    options.node = {**(image_service.tuned() if options.tuned else {}), **dict(word.split("=", 1) for word in options.node)}
    return options


def say(text):
    print(f"uploads: {text}", file=sys.stderr, flush=True)


def measure(stage, options):
    """{scenario: figures of its rounds}"""
    result, phase = {}, options.phase or 2
    if "phases" in options.only:
        result["phases"] = upload_scenarios.phases(stage)
        if not options.phase:
            phase = int(upload_report.best(result["phases"], "rate", max)[-1])
    result["phase"] = phase
    if "closed" in options.only:
        result["closed"] = upload_scenarios.closed(stage, phase, options.kinds, options.clients)
    if "open" in options.only:
        result["open_rate"], result["open"] = upload_scenarios.open_loop(stage, phase)
    if "slow-puts" in options.only:
        result["slow_puts"] = upload_scenarios.slow_puts(stage)
    if "memory" in options.only:
        result["memory"] = upload_scenarios.memories(stage, phase)
    return result


def conditions(options, pictures, result):
    sizes = ", ".join(f"{picture_forms.KINDS[kind]}: {picture['bytes'] / 2**20:.1f} MiB" for kind, picture in pictures.items())
    source = "scaled from photographs" if options.photos else "made up of noise at five scales"
    settings = " with " + " ".join(f"`{name}={value}`" for name, value in options.node.items()) if options.node else ""
    lines = [f"Both store in the same Ceph RGW, DynamoDB Local, SQS (fauxqs) and Redis, on the same cores as they themselves and the load. "
             f"Pictures {source} ({sizes}); the mix is three of 12 MP, a PNG and one of 24 MP. WebP effort 2 and quality 85 and 80 for both, "
             f"but where it says otherwise.",
             f"{options.rounds} interleaved rounds of {options.seconds:g} s after one to warm up. Uploads/s and CPU count until the last thumbnail is there. CPU is that "
             "of the service with its processes, not of stores and load. Memory is the sum of PSS over its processes, each round with new ones; idle is 3 s after the start.",
             f"Node is in phase {result['phase']}{settings}, but where it says otherwise; tintype has its defaults."]
    return lines + ([f"The fixed rate is {result['open_rate']} uploads a second."] if "open_rate" in result else [])


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that the services are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="tintype-uploads-") as work, contextlib.ExitStack() as stack:
        say("making the pictures, and starting Ceph, DynamoDB, SQS and Redis")
        pictures = picture_forms.made(Path(work), options.photos)
        services = image_service.Services(engines.Stores(stack), options, Path(work))
        result = measure(upload_scenarios.Stage(services, pictures, options, say), options)
        facts = machine.facts()
    versions = image_service.versions(options.program)
    result["goals"] = upload_report.goals(result)
    options.photos = len(options.photos)
    lines = ["# Uploads", "", f"`./dev bench uploads{' --quick' if options.quick else ''}`. " + machine.sentence(facts, versions),
             *conditions(options, pictures, result), "", *upload_report.sections(result)]
    report.write(options.output, {"machine": facts, "versions": versions, "options": machine.told(options), **result}, lines, upload_report.plot(result))


if __name__ == "__main__":
    main(sys.argv[1:])
