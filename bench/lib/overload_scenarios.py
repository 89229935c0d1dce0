"""The scenarios of the benchmark of overload: more uploads than a service can do, and clients that try again too soon."""

import collections
import contextlib
import statistics
import time

import server

from . import cpu, memory, upload_attempts
from .upload_scenarios import FEW_CLIENTS
from .windows import percentile

FACTOR = 2             # of what the service can do
GOOD_SECONDS = 2.0     # an answer that comes later is too late for whoever waits for it
REFUSED = (429, 503)
AS_FAST = 1.5          # times as long as before the overload
RECOVERY_SECONDS = 300
IDLE_SHARE, IDLE_SECONDS = 0.05, 2.0  # of a core
LEASE = ["--upload-lease", "5s", "--sweep-interval", "1s"]
SWEEP_SECONDS = 60
PAGE = 100


def overloads(stage, phase, most):
    """{"capacity": {target: rounds}, "turns": {target: rounds}}; `most`: of --max-concurrent-uploads in the second tintype."""
    services = stage.services
    with contextlib.ExitStack() as stack:
        targets = [stack.enter_context(each) for each in (
            services.tintype(), services.tintype("tintype-few", flags=["--max-concurrent-uploads", str(most)]), services.node(phase, name="node", EFFORT="2"))]
        capacity = stage.turns(targets, "jpeg-12", FEW_CLIENTS)
        rates = {name: FACTOR * statistics.median(row["rate"] for row in rounds) for name, rounds in capacity.items()}
        turns = {target.name: [] for target in targets}
        for number in range(stage.options.rounds):
            for target in targets:
                figure = overload(stage, target, rates[target.name])
                turns[target.name].append(figure)
                stage.tell(f"overload, round {number + 1}: {target.name}: {told(figure)}")
    return {"capacity": capacity, "turns": turns}


def told(figure):
    return ", ".join(f"{name} {value:.2f}" for name, value in figure.items())


def overload(stage, target, rate):
    form, seconds = stage.pictures["jpeg-12"]["form"], stage.options.overload_seconds
    before = statistics.median(upload_attempts.lone(target, stage.headers, form)[0] for _ in range(stage.options.lone))
    with memory.watched(target.pid) as seen, upload_attempts.Sending("offered", target, stage.headers, form, seconds, rate=rate) as load:
        end = load.plan["start"] + seconds
        time.sleep(max(0.0, end - time.monotonic()))
        recovery = recovered(stage, target, form, before) - end
        samples = load.result()
        names = (f"{sample['status']} {sample.get('code') or sample.get('error') or ''}".strip() for sample in samples)
        stage.tell(f"{target.name} answered: {dict(collections.Counter(names))}")
        target.wait_for_thumbnails([sample["id"] for sample in samples if sample["status"] == 201], stage.headers)
    row = figures(samples, seconds)
    return {"offered": rate, **row, "good_share": row["goodput"] * FACTOR / rate, "lone_ms": before * 1000, "recovery_s": max(0.0, recovery), "peak_mib": seen["peak"]}


def figures(samples, seconds):
    taken = sorted(sample["seconds"] for sample in samples if sample["status"] == 201)
    refused = [sample for sample in samples if sample["status"] in REFUSED]
    refusals = sorted(sample["seconds"] for sample in refused)
    return {"goodput": sum(each <= GOOD_SECONDS for each in taken) / seconds, "accepted": len(taken) / len(samples), "refused": len(refused) / len(samples),
            "failed": 1 - (len(taken) + len(refused)) / len(samples), "retry_after": sum(bool(each["retry_after"]) for each in refused) / max(1, len(refused)),
            "p50_ms": percentile(taken, 0.5) * 1000 if taken else 0.0, "p95_ms": percentile(taken, 0.95) * 1000 if taken else 0.0,
            "refusal_p95_ms": percentile(refusals, 0.95) * 1000 if refusals else 0.0}


def recovered(stage, target, form, before):
    """When the first upload began, of some one after the other, that was as fast as before."""
    end = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < end:
        began = time.monotonic()
        seconds, answer = upload_attempts.lone(target, stage.headers, form)
        if answer["status"] == 201 and seconds <= AS_FAST * before:
            return began
        time.sleep(0.0 if answer["status"] == 201 else 0.1)
    raise SystemExit(f"{target.name} is not as fast as before {RECOVERY_SECONDS} s after the overload")


def storms(stage):
    """{target: rounds}. Each turn has a service of its own, whose bucket holds nothing else."""
    services, rounds = stage.services, {}
    starts = {"tintype": lambda: services.tintype(flags=LEASE), "node-2": lambda: services.node(2, EFFORT="2"), "node-4": lambda: services.node(4, EFFORT="2")}
    for number in range(stage.options.rounds):
        for name, start in starts.items():
            # A user of its own, because services that begin anew share what Redis remembers of lists.
            headers = stage.headers_of(f"storm-{name}-{number}")
            with start() as target:
                upload_attempts.lone(target, stage.headers, stage.pictures["jpeg-12"]["form"])
                rounds.setdefault(name, []).append(storm(stage, target, headers))
            stage.tell(f"storm, round {number + 1}: {name}: {told(rounds[name][-1])}")
    return rounds


def storm(stage, target, headers):
    options = stage.options
    known, before = set(stage.services.keys(target)), cpu.seconds(target.pid)
    with upload_attempts.Sending("storm", target, headers, stage.pictures["jpeg-12"]["form"], 60, clients=options.storm_clients, retries=options.retries,
                                 timeout=options.timeout) as load:
        clients = load.result()
    records = settled_records(target, headers)
    spent = cpu.seconds(target.pid) - before
    ids, names = {record["imageId"] for record in records}, {record["originalFilename"] for record in records}
    left = at_once = orphans(stage, target, ids, known)
    end = time.monotonic() + SWEEP_SECONDS
    while left and target.name == "tintype" and time.monotonic() < end:  # only tintype looks for what is left
        time.sleep(1)
        left = orphans(stage, target, ids, known)
    attempts = [each for client in clients for each in client]
    return {"clients": len(clients), "attempts": len(attempts), "cut": sum(each["status"] is None for each in attempts),
            "conflicts": sum(each["status"] == 409 for each in attempts), "first_cut": sum(client[0]["status"] is None for client in clients) / len(clients),
            "answered": sum(client[-1]["status"] in (200, 201) for client in clients), "images": len(ids), "distinct": len(names),
            "duplicates": len(ids) - len(names), "objects": len(set(stage.services.keys(target)) - known), "orphans_at_once": at_once, "orphans": left,
            "cpu_s": spent / max(1, len(names))}


def orphans(stage, target, ids, known):
    """Objects that belong to no record: the id is the last part of a key, before its first dot."""
    return sum(key.rpartition("/")[2].partition(".")[0] not in ids for key in stage.services.keys(target) if key not in known)


def settled_records(target, headers):
    """All records of the user, once the service has nothing left to do."""
    end = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < end:
        before, count = cpu.seconds(target.pid), len(records_of(target, headers))
        time.sleep(IDLE_SECONDS)
        records = records_of(target, headers)
        if cpu.seconds(target.pid) - before <= IDLE_SHARE * IDLE_SECONDS and count == len(records):
            target.wait_for_thumbnails([record["imageId"] for record in records], headers)
            return records
    raise SystemExit(f"{target.name} is still busy {RECOVERY_SECONDS} s after the storm")


def records_of(target, headers):
    client, records, cursor = server.Client(target.address, "", 30), [], ""
    while cursor is not None:
        page = client.request("GET", f"/images?limit={PAGE}" + (f"&cursor={cursor}" if cursor else ""), headers=headers).json()
        if "images" not in page:
            raise SystemExit(f"{target.name} does not list the images: {page}")
        records += page["images"]
        cursor = page["pagination"]["nextCursor"]
    client.close()
    return records
