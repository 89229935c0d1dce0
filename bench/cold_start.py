#!/usr/bin/env python3
"""How long until the first thumbnail, beside node with sharp, and what an upload has to wait for a worker to start.

- programs: from exec to the thumbnail of a file, node with sharp beside a program with a zygote and a worker.
- services: from exec to the answer to a first upload, whose thumbnail is there then: tintype with files and SQLite, and on the
  same Ceph RGW, DynamoDB Local, SQS and Redis tintype beside the image service on Node (peers/node/image_service).
- serving: an upload that has to wait until a worker is forked, beside one that finds a warm one.

Every round runs each once, one after the other, so that neighbours on the machine disturb all alike; the first round warms
the page cache and is dropped. Writes bench/results/cold-start.md, .json and .svg. 3 minutes; with --quick 1.
"""

import argparse
import contextlib
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from lib import ROOT, cold_start_report, cold_starts, engines, image_service, machine, node, picture_forms, report, service

WIDTH, HEIGHT = 1800, 1200
PARTS = ("programs", "services", "serving")
PAIRS = 3  # of uploads in a round of serving
FULL, QUICK = {"rounds": 15}, {"rounds": 3}

# Blurred noise, stretched to all levels: as much to decode as a photograph, and the same for the same seed.
PICTURE_JS = """
const [raw, width, height, out] = process.argv.slice(2);
require('sharp')(require('fs').readFileSync(raw), { raw: { width: +width, height: +height, channels: 3 } })
  .blur(2).normalise().jpeg({ quality: 85 }).toFile(out);
"""


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few rounds, to see that it works")
    parser.add_argument("--rounds", type=int, help=f"that count (default: {FULL['rounds']}; quick: {QUICK['rounds']})")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=f"of: {' '.join(PARTS)}")
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"), help="the tintype to measure (default: build/release/tintype)")
    parser.add_argument("--worker-bench", default=str(ROOT / "build/release/tintype_cold_start_bench"),
                        help="prints what a worker took (default: build/release/tintype_cold_start_bench)")
    parser.add_argument("--file", type=Path, help=f"the JPEG (default: one of {WIDTH}x{HEIGHT} made with sharp)")
    parser.add_argument("--seed", type=int, default=1, help="for the noise of that JPEG (default: 1)")
    parser.add_argument("--output", default=str(ROOT / "bench/results/cold-start"), help="without .md, .json and .svg")
    options = parser.parse_args(arguments)
    options.rounds = (QUICK if options.quick else FULL)["rounds"] if options.rounds is None else options.rounds
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    for program in (options.program, options.worker_bench):
        if not os.access(program, os.X_OK):
            parser.error(f"there is no program {program}: build it with ./dev build and ninja -C build/release tintype_benches")
    options.node = {}
    return options


def say(text):
    print(f"cold_start: {text}", file=sys.stderr, flush=True)


def make_picture(work, seed):
    picture, raw, script = work / "picture.jpg", work / "noise.raw", work / "picture.js"
    raw.write_bytes(random.Random(seed).randbytes(WIDTH * HEIGHT * 3))
    script.write_text(PICTURE_JS)
    command, environment = cold_starts.in_node(script, raw, WIDTH, HEIGHT, picture)
    subprocess.run(command, env=environment, check=True, timeout=cold_starts.RUN_SECONDS)
    return picture


class Steps:
    """[(name, what measures it once: {figure: value})] of the parts that are wanted, until the stack closes."""

    def __init__(self, stack, options, work):
        self.stack, self.options, self.work, self.all = stack, options, work, []
        self.picture = options.file or make_picture(work, options.seed)
        self.form = picture_forms.form_of(self.picture, work)
        self.headers = {"Authorization": service.bearer(options.program, image_service.USER), "Content-Type": f"multipart/form-data; boundary={service.BOUNDARY}"}
        for part in options.only:
            getattr(self, "_" + part)()

    def _programs(self):
        programs = cold_starts.Programs(self.options.worker_bench, self.picture, self.work)
        self.all += [("node with sharp", programs.node), ("a program with a worker", programs.worker)]

    def _services(self):
        cold = cold_starts.ColdServices(self.options.program, self.headers, self.form)
        say("starting Ceph, DynamoDB, SQS and Redis")
        services = image_service.Services(engines.Stores(self.stack), self.options, self.work)
        environment = services.stores.environment()
        _, data, flags = services.new_tintype()
        settings = {**environment, "NODE_ENV": "production", "NODE_NO_WARNINGS": "1", **services.new_node(2, EFFORT="2")}

        def named(prefix, times):
            return dict(zip((f"{prefix}_ready_ms", f"{prefix}_first_ms"), times))

        self.all += [("tintype, files", lambda: named("files", cold.tintype(self.work / "files", ["--image-effort", "2"]))),
                     ("tintype, same stores", lambda: named("stores", cold.tintype(data, flags, environment))),
                     ("Node, same stores", lambda: named("service", cold.node(settings)))]

    def _serving(self):
        say("making a picture of 24 MP")
        large = picture_forms.made(self.work, [])["jpeg-24"]["form"]

        def serving(name, warm):
            return self.stack.enter_context(cold_starts.Serving(self.options.program, self.work / name, warm, self.headers, self.form, large))

        cold, warm = serving("cold", 1), serving("warm", 2)

        def both():
            pairs = [(cold.upload_ms(), warm.upload_ms()) for _ in range(PAIRS)]
            late, early, waited = (statistics.median(row) for row in zip(*((mine[0], theirs[0], mine[2]) for mine, theirs in pairs)))
            return {"cold_ms": late, "warm_ms": early, "added_ms": late - early, "waited_ms": waited,
                    "cold_starts": sum(mine[1] > 0 for mine, _ in pairs), "unexpected": sum(theirs[1] > 0 for _, theirs in pairs)}

        self.all.append(("cold and warm upload", both))


def measure(steps, options):
    """[one dict of figures for each round that counts]"""
    rounds = []
    for number in range(options.rounds + 1):
        say(f"round {number} of {options.rounds}" if number else "warm-up round")
        rounds.append({})
        for name, step in steps:
            figures = step()
            rounds[-1].update(figures)
            say(f"  {name}: " + ", ".join(f"{figure} {value:.1f}" for figure, value in figures.items()))
    return rounds[1:]


def conditions(options):
    picture = f"`{options.file.name}`" if options.file else f"{WIDTH} x {HEIGHT}, blurred noise, quality 85"
    return [f"The picture is a JPEG ({picture}), its thumbnail 400 x 400, cover, WebP. {options.rounds} interleaved rounds after one to warm up.",
            "programs: from exec to the thumbnail of a file, without HTTP and stores. services: from exec to the answer 201 to a first upload, sent as soon as the "
            "service is ready; by then main picture, thumbnail and record are stored. tintype has `thumbnails=inline`, Node is in phase 2; WebP effort 2 for both.",
            "serving: a picture of 24 MP keeps one worker busy, and an upload comes that needs a second one: one server has it warm, another one has to fork it, "
            f"which its count of cold starts shows; `{' '.join(cold_starts.SERVING)}`. A round has {PAIRS} of each, "
            "in turn; what is added is the difference of their medians."]


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that what is being measured is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="tintype-cold-start-") as work, contextlib.ExitStack() as stack:
        rounds = measure(Steps(stack, options, Path(work)).all, options)
        facts = machine.facts()
    versions = {"tintype": machine.first_line(options.program, "--version"), **node.versions("sharp", "fastify", "@aws-sdk/client-s3")}
    told = conditions(options)
    described = {name: value for name, value in machine.told(options).items() if name not in ("file", "worker_bench")}
    result = {"machine": facts, "versions": versions, "options": described, "rounds": rounds, **cold_start_report.found(rounds)}
    lines = ["# Cold start", "", f"`./dev bench cold-start{' --quick' if options.quick else ''}`. " + machine.sentence(facts, versions), *told, "",
             *cold_start_report.sections(result)]
    report.write(options.output, result, lines, cold_start_report.plot(result))


if __name__ == "__main__":
    main(sys.argv[1:])
