"""What the scripts of this folder share: their common options, clients at work, progress, and the verdict."""

import argparse
import itertools
import json
import signal
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pictures
import processes
import server

NO_WORKERS = "no workers"


def parser(doc, clients, max_seconds):
    result = argparse.ArgumentParser(description=doc, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    result.add_argument("--program", default=str(server.PROGRAM), help="the tintype to test")
    result.add_argument("--seed", type=int, default=1, help="the same seed sends the same images")
    result.add_argument("--clients", type=int, default=clients, help="connections that upload at the same time")
    result.add_argument("--max-seconds", type=float, default=max_seconds, help="give up, and fail, after this long")
    result.add_argument("--serve-flag", action="append", default=[], metavar="FLAG",
                        help="a further flag for `tintype serve`, as --serve-flag=--name=value; may be repeated")
    result.add_argument("--require-workers", action="store_true", help="fail if the server has no worker processes")
    return result


class Progress:
    """One line on a terminal, or a line every ten seconds elsewhere."""

    def __init__(self, name):
        self.name, self.terminal, self.next = name, sys.stderr.isatty(), 0.0

    def show(self, text, last=False):
        now = time.monotonic()
        if now < self.next and not last:
            return
        self.next = now + (0.2 if self.terminal else 10.0)
        start, end = ("\r\033[K", "\n" if last else "") if self.terminal else ("", "\n")
        print(f"{start}{self.name}: {text}", end=end, file=sys.stderr, flush=True)


class Promises:
    """Collects the promises that were broken. Safe to call from all threads."""

    def __init__(self):
        self.lock, self.broken = threading.Lock(), []

    def expect(self, kept, sentence, foremost=False):
        """`foremost` is for what explains the others, as only the first are shown."""
        if not kept:
            with self.lock:
                self.broken.insert(0 if foremost else len(self.broken), sentence)
        return kept

    def finish(self, summary):
        """Prints the summary; returns the exit code."""
        for sentence in self.broken[:20]:
            print(f"BROKEN: {sentence}", file=sys.stderr)
        verdict = {"broken_promises": len(self.broken), "first_broken": self.broken[:20], "ok": not self.broken}
        print(json.dumps({**summary, **verdict}, indent=2))
        return 1 if self.broken else 0


def exit_on_sigterm():
    """As an exception, so that servers are stopped and directories removed on the way out."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def drive(options, flags, check):
    """Runs check(service, options, promises), which gives the summary, beside a server of its own. Returns the exit code."""
    exit_on_sigterm()
    promises = Promises()
    with server.Server(options.program, flags) as service:
        summary = {"seed": options.seed, "server_pid": service.pid, **check(service, options, promises)}
        for sentence in service.stop():
            promises.expect(False, sentence)
    return promises.finish(summary)


def all_threads(count, work):
    """Calls work(number, ended) in `count` threads and waits for all. What interrupts the wait sets `ended`, at which they are
    to return."""
    ended = threading.Event()
    with ThreadPoolExecutor(count) as pool:
        try:
            for thread in [pool.submit(work, number, ended) for number in range(count)]:
                thread.result()
        finally:
            ended.set()


def upload_all(service, options, work, progress):
    """Calls work(client, number) once for each of range(options.count), with options.clients threads that have a connection each.
    Stops early when the server has died or the time is over. Returns how many were done."""
    numbers, done = itertools.count(), itertools.count(1)
    end = time.monotonic() + options.max_seconds

    def work_through(_, ended):
        client = service.client(options.deadline + 10)
        while (number := next(numbers)) < options.count and time.monotonic() < end and service.alive() and not ended.is_set():
            work(client, number)
            progress.show(f"{next(done)} of {options.count}")
        client.close()

    all_threads(options.clients, work_through)
    total = next(done) - 1
    progress.show(f"{total} of {options.count}", last=True)
    return total


def warm_up(service, clients):
    """Uploads and reads a little on as many connections as will be used, so that what the server opens once is open."""

    def use(number, _):
        client = service.client(60)
        for part in range(2):
            record = client.upload_patiently(pictures.small_png(f"warm {number} {part}"))[0].json()
            client.request("GET", f"/images/{record.get('imageId')}")
            client.request("GET", f"/blobs/{record.get('s3Key')}")
        client.close()

    all_threads(clients, use)


def worker_fds(service):
    """{pid: number of descriptors} of the workers; those that may not be read, or have just gone, are left out."""
    counts = {process.pid: processes.fd_count(process.pid) for process in processes.workers(service.pid)}
    return {pid: count for pid, count in counts.items() if count is not None}


def require_workers(service, options, promises):
    """How many workers there are, for the summary."""
    count = len(processes.workers(service.pid))
    if options.require_workers:
        promises.expect(count > 0, "the server has no worker processes")
    return count or NO_WORKERS


class Descriptors:
    """The server's descriptors while idle: once before a load, and again after it. Workers that came or went with the load have
    descriptors in the server, so `after` waits for the number of before."""

    def __init__(self, service):
        self.service = service
        self.before, self.kinds = processes.stable_fd_count(service.pid), processes.open_files(service.pid)
        self.workers_before = len(processes.workers(service.pid))

    def check(self, promises, seconds):
        """For the summary."""
        after = processes.settled(lambda: processes.fd_count(self.service.pid), lambda count: count in (self.before, None), seconds)
        kinds, workers = processes.open_files(self.service.pid) or Counter(), len(processes.workers(self.service.pid))
        if after is not None:
            change = f"more: {dict(kinds - self.kinds)}, fewer: {dict(self.kinds - kinds)}, workers: {self.workers_before}, {workers}"
            promises.expect(after == self.before, f"the server had {self.before} descriptors before and {after} after; {change}")
        return {"before": self.before, "after": after, "workers_before": self.workers_before, "workers_after": workers}


def check_worker_fds(service, promises, seconds):
    counts = processes.settled(lambda: worker_fds(service), lambda counts: len(set(counts.values())) <= 1, seconds)
    promises.expect(len(set(counts.values())) <= 1, f"workers have different numbers of descriptors: {counts}")
    return sorted(counts.values()) or NO_WORKERS


def check_idle(service, promises, seconds):
    """No job may be in work once all clients have their answers."""
    busy = processes.settled(lambda: service.metrics().value("tintype_workers", state="busy"), lambda busy: not busy, seconds)
    promises.expect(not busy, f"{busy} workers are still busy {seconds:g} s after the last answer")
    return busy if busy is not None else NO_WORKERS


def worker_deaths(service):
    return service.metrics().by("tintype_worker_deaths_total", "reason") or NO_WORKERS


def check_serves(service, promises, uploads=1):
    """The same process still takes images: `uploads` in a row are stored. Returns how many were."""
    death = f"the server died with {service.process.poll()}:\n{service.log_tail()}"
    if not promises.expect(service.alive(), death, foremost=True):
        return 0
    client = service.client(30)
    names = [client.upload(pictures.small_png(f"after {number}")).name() for number in range(uploads)]
    client.close()
    promises.expect(names == ["201"] * uploads, f"uploads after the load were answered {dict(Counter(names))}")
    return names.count("201")
