#!/usr/bin/env python3
"""Counts cold starts, requests that had to wait for a worker to be started: as many clients as there are provisioned workers
(unless --clients says otherwise) upload, and with --expect-none not one may have met a cold start."""

import subprocess
import sys
from collections import Counter

import pictures
import run

FLAG = "--workers-provisioned"
METRIC = "tintype_cold_starts_total"


def options_of(arguments):
    parser = run.parser(__doc__, clients=0, max_seconds=600)
    parser.add_argument(FLAG, type=int, default=2, metavar="N", help="workers that are ready before the server is")
    parser.add_argument("--count", type=int, default=1000, help="images to send")
    parser.add_argument("--deadline", type=float, default=30.0, help="seconds that an answer may take")
    parser.add_argument("--expect-none", action="store_true", help="fail if there was a cold start")
    options = parser.parse_args(arguments)
    options.clients = options.clients or options.workers_provisioned
    return options


def flags(options):
    """The flag, if the program knows it: one without worker processes does not."""
    usage = subprocess.run([options.program, "serve", "--help"], capture_output=True, text=True).stdout
    return [f"{FLAG}={options.workers_provisioned}", *options.serve_flag] if FLAG in usage else options.serve_flag


class Uploads:
    def __init__(self, options, promises):
        self.options, self.promises, self.answers = options, promises, Counter()

    def upload(self, client, number):
        answer, _ = client.upload_patiently(pictures.small_png(f"{self.options.seed} {number}"))
        with self.promises.lock:
            self.answers[answer.name()] += 1
        self.promises.expect(answer.status == 201, f"image {number} was answered {answer.name()}")
        self.promises.expect(answer.seconds <= self.options.deadline, f"image {number} was answered after {answer.seconds:.1f} s")


def check(service, options, promises):
    uploads, workers = Uploads(options, promises), run.require_workers(service, options, promises)
    done = run.upload_all(service, options, uploads.upload, run.Progress("cold_starts"))
    promises.expect(done == options.count, f"only {done} of {options.count} images were sent")
    cold_starts = service.metrics().value(METRIC)
    if options.expect_none:
        promises.expect(not cold_starts, f"{cold_starts} requests met a cold start")
    if options.require_workers:
        promises.expect(cold_starts is not None, f"there is no metric {METRIC}")
    return {"clients": options.clients, "provisioned": options.workers_provisioned, "images": done,
            "by_code": dict(sorted(uploads.answers.items())), "workers": workers,
            "cold_starts": run.NO_WORKERS if cold_starts is None else cold_starts}


if __name__ == "__main__":
    settings = options_of(sys.argv[1:])
    sys.exit(run.drive(settings, flags(settings), check))
