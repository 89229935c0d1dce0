#!/usr/bin/env python3
"""Uploads damaged images and holds the server to what it promises for them: it lives, every answer is a documented one, none
comes late, what it stores is a WebP, and nothing is left open or busy afterwards."""

import random
import re
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import mutations
import pictures
import processes
import run
import server

MOST_BYTES = 1_500_000  # of a corpus file: larger ones test the same and take long
AT_LEAST_SAMPLED = 20  # stored pictures, so that a short run checks some too
ACCEPTED = {400, 413, 415, 422}


def options_of(arguments):
    parser = run.parser(__doc__, clients=8, max_seconds=3600)
    parser.add_argument("--count", type=int, default=10000, help="images to send")
    parser.add_argument("--start", type=int, default=0, help="number of the first image; with --count 1, one image again")
    parser.add_argument("--corpus", help="take the undamaged files from here instead of making them")
    parser.add_argument("--deadline", type=float, default=20.0, help="seconds that an answer may take: a job's, and a margin")
    parser.add_argument("--sample", type=float, default=0.05, help="share of the stored pictures that are fetched and checked")
    parser.add_argument("--settle", type=float, default=30.0, help="seconds that the server has, after the load, to become idle")
    parser.add_argument("--keep", metavar="DIR", help="write images that broke a promise to this folder")
    return parser.parse_args(arguments)


def documented_codes():
    document = (server.ROOT / "docs/openapi.yaml").read_text()
    listed = re.search(r"\n +code:\n +type: string\n +enum: \[([^\]]+)\]", document)[1]
    return set(re.findall(r"\w+", listed))


def made_bases(service):
    """PNGs made here, and the WebPs that the server made of them."""
    pngs = [pictures.large_png("base", pixels, colour) for pixels in (2000, 20000, 200000) for colour in (0, 2, 6)]
    client, webps = service.client(60), []
    for image in pngs:
        record = client.upload_patiently(image)[0].json()
        webps += [client.request("GET", "/blobs/" + record.get(key, "")).body for key in ("s3Key", "thumbnailKey")]
    client.close()
    return [pngs, [webp for webp in webps if pictures.kind_of(webp) == "webp"]]


def corpus_bases(folder):
    kinds = {}
    for data in pictures.corpus_files(folder, MOST_BYTES):
        kinds.setdefault(pictures.kind_of(data), []).append(data)
    return [kinds[kind] for kind in sorted(kinds)]


class Mutation:
    """Makes, uploads and judges image after image. Several threads use it; the lock guards the counts."""

    def __init__(self, options, bases, promises):
        self.options, self.bases, self.promises = options, bases, promises
        self.codes, self.lock = documented_codes(), promises.lock
        self.answers, self.overloaded, self.sampled, self.slowest = Counter(), 0, 0, (0.0, None)

    def upload(self, client, number):
        number += self.options.start
        rng = random.Random(f"{self.options.seed} {number}")
        image = mutations.mutate(rng, self.bases)
        answer, overloaded = client.upload_patiently(image)
        with self.lock:
            self.answers[answer.name()] += 1
            self.overloaded += overloaded
            self.slowest = max(self.slowest, (round(answer.seconds, 3), number), key=lambda pair: pair[0])
        wrong = self.wrong_with(answer)
        if not wrong and answer.status == 201 and (rng.random() < self.options.sample or self.sampled < AT_LEAST_SAMPLED):
            wrong = self.wrong_with_blobs(client, answer.json())
        if wrong:
            self.promises.expect(False, f"image {number}: {wrong}")
            self.keep(number, image)

    def wrong_with(self, answer):
        """None, or a sentence."""
        if answer.seconds > self.options.deadline:
            return f"answered {answer.name()} after {answer.seconds:.1f} s"
        if answer.status == 201:
            return None
        if answer.status not in ACCEPTED:
            return f"answered {answer.name()}: {answer.body[:200]!r}"
        media = answer.headers.get("Content-Type", "").split(";")[0]
        if media != "application/problem+json" or answer.json().get("code") not in self.codes:
            return f"{answer.status} is not a documented problem: {media} {answer.body[:200]!r}"
        return None

    def wrong_with_blobs(self, client, record):
        with self.lock:
            self.sampled += 1
        if record.get("processingStatus") != "completed":
            return None
        for member in ("imageUrl", "thumbnailUrl"):
            answer = client.request("GET", urlsplit(record.get(member) or "").path)
            if answer.status != 200 or not is_whole_webp(answer.body):
                return f"{member} gave {answer.name()} and {len(answer.body)} bytes that begin with {answer.body[:16]!r}"
        return None

    def keep(self, number, image):
        if self.options.keep:
            Path(self.options.keep).mkdir(parents=True, exist_ok=True)
            (Path(self.options.keep) / f"{self.options.seed}-{number}").write_bytes(image)

    def summary(self):
        by_status = Counter()
        for name, count in self.answers.items():
            by_status[name.split(" ")[0].replace("no", "no answer")] += count
        return {"by_status": dict(sorted(by_status.items())), "by_code": dict(sorted(self.answers.items())),
                "overloaded_and_retried": self.overloaded, "blobs_checked": self.sampled,
                "slowest_seconds": self.slowest[0], "slowest_image": self.slowest[1]}


def is_whole_webp(data):
    return pictures.kind_of(data) == "webp" and int.from_bytes(data[4:8], "little") + 8 == len(data)


def aftermath(service, options, promises, descriptors):
    return {"busy_workers_after": run.check_idle(service, promises, options.settle), "worker_deaths": run.worker_deaths(service),
            "fds": descriptors.check(promises, options.settle),
            "worker_fds": run.check_worker_fds(service, promises, options.settle)}


def check(service, options, promises):
    bases = corpus_bases(options.corpus) if options.corpus else made_bases(service)
    run.warm_up(service, options.clients)
    workers = run.require_workers(service, options, promises)
    descriptors, rss_before = run.Descriptors(service), processes.rss_bytes(service.pid)
    mutation, started = Mutation(options, bases, promises), time.monotonic()
    done = run.upload_all(service, options, mutation.upload, run.Progress("mutate"))
    seconds = time.monotonic() - started
    run.check_serves(service, promises)
    promises.expect(done == options.count, f"only {done} of {options.count} images were sent")
    return {"images": done, "base_files": sum(map(len, bases)), "seconds": round(seconds, 1), **mutation.summary(), "workers": workers,
            **aftermath(service, options, promises, descriptors), "rss_before": rss_before, "rss_after": processes.rss_bytes(service.pid)}


if __name__ == "__main__":
    settings = options_of(sys.argv[1:])
    sys.exit(run.drive(settings, settings.serve_flag, check))
