#!/usr/bin/env python3
"""Uploads a mix of images of 0.1 to 12 megapixels and reports the memory of the server and of each worker: idle before, at its
peak, right after, and once the server has been left alone; and how fast it went."""

import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pictures
import processes
import run

FOLDERS = ("photo", "png", "webp", "gray", "cmyk", "profile", "orient")
MEGAPIXELS = (0.1, 0.3, 0.5, 1, 2, 4, 8, 12)
SAMPLE_SECONDS = 0.2


def options_of(arguments):
    parser = run.parser(__doc__, clients=4, max_seconds=3600)
    parser.add_argument("--count", type=int, default=2000, help="images to send")
    parser.add_argument("--corpus", help=f"send the files of its {', '.join(FOLDERS)} instead of PNGs made here")
    parser.add_argument("--deadline", type=float, default=60.0, help="seconds that an answer may take")
    parser.add_argument("--settle", type=float, default=30.0, help="idle seconds before the last look at the memory")
    return parser.parse_args(arguments)


def groups(corpus, seed):
    """Lists of images; every list gets the same share of the load."""
    if not corpus:
        return [[pictures.large_png(f"{seed} {size}", size * 1e6)] for size in MEGAPIXELS]
    return [pictures.corpus_files(Path(corpus) / folder) for folder in FOLDERS if (Path(corpus) / folder).is_dir()] or sys.exit(
        f"{corpus} has none of the folders {', '.join(FOLDERS)}")


def mib(size):
    return None if size is None else round(size / 2**20, 1)


def look(service):
    """Memory of the server and of each process below it now, in bytes: {name: {"rss": …, "pss": …}}. The server is "server"."""
    found = {f"{process.comm} {process.pid}": processes.memory(process.pid) for process in processes.below(service.pid)}
    found["server"] = processes.memory(service.pid)
    return {name: memory for name, memory in found.items() if memory}


def total(memories, kind):
    values = [memory[kind] for memory in memories.values()]
    return None if None in values else sum(values)


def report(memories):
    """What `look` gave, in MiB. RSS counts a shared page in every process, so PSS is what adds up to the whole."""
    shown = {name: {kind: mib(size) for kind, size in memory.items()} for name, memory in sorted(memories.items(), reverse=True)}
    return {**shown, "all": {"pss": mib(total(memories, "pss"))}, **({} if len(memories) > 1 else {"workers": run.NO_WORKERS})}


class Sampler(threading.Thread):
    """Looks at the memory until told to stop, and keeps the most of each process, and of all together at one moment."""

    def __init__(self, service):
        super().__init__()
        self.service, self.ended = service, threading.Event()
        self.most, self.most_together, self.most_children = {}, None, 0

    def run(self):
        while not self.ended.wait(SAMPLE_SECONDS):
            self.add(look(self.service))

    def add(self, memories):
        for name, memory in memories.items():
            most = self.most.setdefault(name, dict(memory))
            most.update({kind: max(most[kind] or 0, size) for kind, size in memory.items() if size is not None})
        together = total(memories, "pss")
        self.most_together = max(self.most_together or 0, together) if together is not None else self.most_together
        self.most_children = max(self.most_children, len(memories) - 1)

    def stop(self):
        self.ended.set()
        self.join()

    def report(self):
        return {**report(self.most), "all": {"pss": mib(self.most_together)}, "most_processes_below": self.most_children}


class Load:
    def __init__(self, options, promises):
        self.options, self.promises, self.groups = options, promises, groups(options.corpus, options.seed)
        self.answers, self.overloaded, self.bytes, self.slowest = Counter(), 0, 0, 0.0

    def upload(self, client, number):
        rng = random.Random(f"{self.options.seed} {number}")
        image = rng.choice(rng.choice(self.groups))
        answer, overloaded = client.upload_patiently(image)
        with self.promises.lock:
            self.answers[answer.name()] += 1
            self.overloaded += overloaded
            self.bytes += len(image)
            self.slowest = max(self.slowest, answer.seconds)
        refused = answer.status is not None and 400 <= answer.status < 500  # a corpus holds images that are rightly refused
        self.promises.expect(answer.status == 201 or refused, f"image {number} was answered {answer.name()}")
        self.promises.expect(answer.seconds <= self.options.deadline, f"image {number} was answered after {answer.seconds:.1f} s")

    def summary(self, done, seconds):
        return {"images": done, "seconds": round(seconds, 1), "images_per_second": round(done / seconds, 2),
                "mib_per_second": round(self.bytes / 2**20 / seconds, 2), "by_code": dict(sorted(self.answers.items())),
                "overloaded_and_retried": self.overloaded, "slowest_seconds": round(self.slowest, 3)}


def run_sampled(service, options, load, sampler):
    """Returns how many images were sent, and in how many seconds."""
    sampler.start()
    started = time.monotonic()
    try:
        done = run.upload_all(service, options, load.upload, run.Progress("mixed_load"))
    finally:
        sampler.stop()
    return done, time.monotonic() - started


def check(service, options, promises):
    load, sampler = Load(options, promises), Sampler(service)
    workers, before = run.require_workers(service, options, promises), report(look(service))
    done, seconds = run_sampled(service, options, load, sampler)
    after = report(look(service))
    time.sleep(options.settle)
    settled = report(look(service))
    promises.expect(done == options.count, f"only {done} of {options.count} images were sent")
    promises.expect(load.answers["201"] > 0, "nothing was stored")
    run.check_serves(service, promises)
    return {**load.summary(done, seconds), "workers": workers, "worker_deaths": run.worker_deaths(service),
            "memory_mib": {"idle_before": before, "peak": sampler.report(), "right_after": after,
                           f"after_{options.settle:g}_s_idle": settled}}


if __name__ == "__main__":
    settings = options_of(sys.argv[1:])
    sys.exit(run.drive(settings, settings.serve_flag, check))
