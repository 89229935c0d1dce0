"""A queue that is emptied: samples of what is done and of the server's memory, and what they say by tenths of the jobs."""

import random
import sys
import time

import pictures
import processes

SAMPLE_SECONDS = 0.25
FLAT, GROWTH = 0.1, 1.2
WIDTH, HEIGHT, VARIETY = 64, 48, 64
MIB = 1024 * 1024

_made = {}


def picture(number):
    """A small PNG of noise, one of a few."""
    seed = number % VARIETY
    if seed not in _made:
        noise = random.Random(seed)
        _made[seed] = pictures.png(WIDTH, HEIGHT, b"".join(b"\0" + noise.randbytes(WIDTH * 3) for _ in range(HEIGHT)))
    return _made[seed]


def watch(server, jobs, tell, seconds):
    """[{"at": s, "done": jobs, "ready": …, "leased": …, "rss": bytes}] until all are done."""
    samples, told, start = [], 0, time.monotonic()
    while not samples or samples[-1]["done"] < jobs:
        at, metrics = time.monotonic() - start, server.metrics()
        if at > seconds or not server.alive():
            sys.exit(f"{jobs - samples[-1]['done'] if samples else jobs} of {jobs} jobs are left after {at:.0f} s")
        done = metrics.value("tintype_jobs_total", type="derive", outcome="done")
        if done is None:
            continue  # no answer in time
        samples.append({"at": round(at, 3), "done": int(done), "rss": processes.rss_bytes(server.pid),
                        **{state: int(metrics.value("tintype_jobs", state=state) or 0) for state in ("ready", "delayed", "leased", "dead")}})
        while told < min(10, samples[-1]["done"] * 10 // jobs):
            tell(told := told + 1)
        time.sleep(SAMPLE_SECONDS)
    return samples


def _when(samples, done):
    """When so many were done, on the line between the two samples around it."""
    after = next(number for number, sample in enumerate(samples) if sample["done"] >= done)
    later, before = samples[after], samples[max(0, after - 1)]
    share = (done - before["done"]) / max(1, later["done"] - before["done"])
    return before["at"] + share * (later["at"] - before["at"])


def summary(samples, jobs):
    """The first tenth counts from the first sample, when the server has begun: what was done before that is left out."""
    first = samples[0]["done"]
    edges = [first + (jobs - first) * tenth // 10 for tenth in range(11)]
    times = [_when(samples, edge) for edge in edges]
    rates = [(edges[tenth + 1] - edges[tenth]) / max(1e-3, times[tenth + 1] - times[tenth]) for tenth in range(10)]
    memory = [next(sample["rss"] for sample in samples if sample["done"] >= jobs * share) / MIB for share in (0.1, 0.5, 0.9)]
    return {"seconds": round(times[-1] - times[0], 2), "jobs_per_second": [round(rate, 1) for rate in rates],
            "first_over_last": round(rates[-1] / rates[0], 2), "memory_mib": [round(value, 1) for value in memory],
            "flat": max(memory) <= min(memory) * (1 + FLAT)}
