#!/usr/bin/env python3
"""Kills the image workers again and again while clients upload, and holds the server to what it promises: it lives, no client
hangs, a kill fails at most the request it hit, and afterwards all is as before."""

import random
import sys
import threading
import time
from collections import Counter

import pictures
import processes
import run
import server

HANG_SECONDS = 30
UPLOADS_AFTER = 50


def options_of(arguments):
    parser = run.parser(__doc__, clients=32, max_seconds=600)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to upload and kill")
    parser.add_argument("--every", type=float, default=0.3, help="seconds between the kills of all workers")
    parser.add_argument("--zygote", action="store_true", help="also kill the process that forks the workers")
    parser.add_argument("--zygote-every", type=float, default=3.0, help="seconds between its kills")
    parser.add_argument("--settle", type=float, default=30.0, help="seconds that the server has, after the load, to become idle")
    return parser.parse_args(arguments)


class Killer(threading.Thread):
    """Sends SIGKILL to what is below the server until told to stop. The workers that it took away bound the requests that
    may fail; to lose the zygote costs none."""

    def __init__(self, service, options):
        super().__init__()
        self.service, self.options, self.ended = service, options, threading.Event()
        self.workers_killed = self.zygotes_killed = 0

    def run(self):
        next_zygote = time.monotonic() + self.options.zygote_every
        while not self.ended.wait(self.options.every):
            self.kill_workers()
            if self.options.zygote and time.monotonic() >= next_zygote:
                next_zygote += self.options.zygote_every
                self.kill_zygote()

    def kill_workers(self):
        self.workers_killed += sum(map(processes.kill, processes.workers(self.service.pid)))

    def kill_zygote(self):
        for zygote in processes.named(self.service.pid, processes.ZYGOTE):
            self.zygotes_killed += processes.kill(zygote)

    def stop(self):
        self.ended.set()
        self.join()


class Uploads:
    """What the clients were answered. Several threads use it."""

    def __init__(self, service, options):
        self.service, self.options, self.lock = service, options, threading.Lock()
        self.answers, self.slowest = Counter(), 0.0
        self.progress = run.Progress("kill_loop")

    def upload_until(self, end, client_number, ended):
        client, rng, number = self.service.client(HANG_SECONDS), random.Random(f"{self.options.seed} {client_number}"), 0
        while time.monotonic() < end and self.service.alive() and not ended.is_set():
            answer = client.upload(pictures.small_png(f"{self.options.seed} {client_number} {number}"))
            number += 1
            self.count(answer)
            if answer.status == 503:
                # Spread, so that clients that were refused together do not come back together.
                time.sleep(min(server.retry_after(answer), 1.0) * rng.uniform(0.5, 1.0))
        client.close()

    def count(self, answer):
        with self.lock:
            self.answers[answer.name()] += 1
            self.slowest = max(self.slowest, answer.seconds)
            self.progress.show(f"{self.answers.total()} uploads, {self.answers['201']} stored")

    def run(self):
        end = time.monotonic() + min(self.options.seconds, self.options.max_seconds)
        run.all_threads(self.options.clients, lambda number, ended: self.upload_until(end, number, ended))
        self.progress.show(f"{self.answers.total()} uploads, {self.answers['201']} stored", last=True)

    def counted(self, wanted):
        return sum(count for name, count in self.answers.items() if wanted(name))


def judge(uploads, killer, promises):
    """For the summary: how many requests failed. One that was refused with 503 has lost nothing and may be sent again."""
    refused = uploads.counted(lambda name: name.startswith("503"))
    failed = uploads.counted(lambda name: name != "201") - refused
    unanswered = uploads.counted(lambda name: name.startswith("no answer"))
    promises.expect(failed <= killer.workers_killed, f"{failed} requests failed, and only {killer.workers_killed} workers were taken away")
    promises.expect(unanswered == 0, f"{unanswered} requests got no answer, though the server was not killed")
    promises.expect(uploads.slowest <= HANG_SECONDS, f"a client waited {uploads.slowest:.1f} s")
    promises.expect(uploads.answers["201"] > 0, "nothing was stored")
    return {"stored": uploads.answers["201"], "failed": failed, "refused_503": refused,
            "by_code": dict(sorted(uploads.answers.items())), "slowest_seconds": round(uploads.slowest, 3)}


def check(service, options, promises):
    run.warm_up(service, options.clients)
    workers, descriptors = run.require_workers(service, options, promises), run.Descriptors(service)
    uploads, killer = Uploads(service, options), Killer(service, options)
    killer.start()
    try:
        uploads.run()
    finally:
        killer.stop()
    stored_after = run.check_serves(service, promises, UPLOADS_AFTER)
    if options.require_workers:
        promises.expect(killer.workers_killed > 0, "no worker was killed")
    return {"seconds": options.seconds, **judge(uploads, killer, promises), "workers": workers, "workers_killed": killer.workers_killed,
            "zygotes_killed": killer.zygotes_killed, "stored_in_a_row_after": stored_after,
            "worker_deaths": run.worker_deaths(service), "busy_workers_after": run.check_idle(service, promises, options.settle),
            "fds": descriptors.check(promises, options.settle)}


if __name__ == "__main__":
    settings = options_of(sys.argv[1:])
    sys.exit(run.drive(settings, settings.serve_flag, check))
