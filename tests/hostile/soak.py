#!/usr/bin/env python3
"""Kills the server with SIGKILL again and again, at random times, while clients upload, send again, delete and give up, and while
`tintype sweep` runs beside it. Then holds it to what it promises: each token gave one image; all that was acknowledged is there,
byte for byte; no file is left that nothing refers to."""

import os
import random
import sqlite3
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import crashing_server
import run
import upload_stories

LEASE_SECONDS = 1.0
SWEEP_SECONDS = 0.7
FLAGS = [f"--upload-lease={LEASE_SECONDS:g}s", "--sweep-interval=200ms"]
IN_START_UP, LONGEST_LIFE = 0.25, 0.3  # a share of the kills; seconds from being ready
TWO_HOURS = 7200


def options_of(arguments):
    parser = run.parser(__doc__, clients=16, max_seconds=3600)
    parser.add_argument("--kills", type=int, default=1000, help="how often to kill the server")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds that clients go on trying after the last kill")
    return parser.parse_args(arguments)


class Sweeps(threading.Thread):
    """`tintype sweep` beside the servers, until told to stop."""

    def __init__(self, service, promises):
        super().__init__()
        self.service, self.promises, self.ended, self.done = service, promises, threading.Event(), Counter()

    def run(self):
        while not self.ended.wait(SWEEP_SECONDS):
            code, report, error = self.service.command("sweep")
            self.promises.expect(code in (0, 2), f"a sweep ended with {code}: {error}")
            self.done.update({"passes": 1, **report})

    def stop(self):
        self.ended.set()
        self.join()


def kill_again_and_again(service, options, promises):
    """Leaves a server that runs and is ready. Returns how many kills there were, and how many of them in the start."""
    rng, progress, end = random.Random(options.seed), run.Progress("soak"), time.monotonic() + options.max_seconds
    kills = in_start_up = 0
    while kills < options.kills and not promises.broken:
        if kills > 0 and rng.random() < IN_START_UP:
            in_start_up += 1
            time.sleep(rng.uniform(0, service.ready_seconds))
        else:
            service.wait_until_ready()
            time.sleep(rng.uniform(0, LONGEST_LIFE))
        ended = service.kill()
        promises.expect(ended is None, f"the server ended with {ended} by itself:\n{service.log_tail()}", foremost=True)
        kills += ended is None
        service.start()
        progress.show(f"{kills} of {options.kills} kills")
        promises.expect(time.monotonic() < end, f"only {kills} kills in {options.max_seconds:g} s")
    progress.show(f"{kills} of {options.kills} kills", last=True)
    if not service.wait_until_ready():
        sys.exit("the server did not start:\n" + service.log_tail())
    return kills, in_start_up


def kill_under_load(service, clients, options, promises):
    """Returns what kill_again_and_again did, once all clients have finished."""
    ended, sweeps = threading.Event(), Sweeps(service, promises)
    service.start()
    if not service.wait_until_ready():
        sys.exit("the server did not start:\n" + service.log_tail())
    sweeps.start()
    with ThreadPoolExecutor(options.clients) as pool:
        working = [pool.submit(clients.work, number, ended) for number in range(options.clients)]
        try:
            done = kill_again_and_again(service, options, promises)
        finally:
            clients.calm_since = time.monotonic()
            ended.set()
            sweeps.stop()
        for client in working:
            client.result()
    return (*done, sweeps.done)


def listed(client, promises):
    """All records, by the pages of the list."""
    records, cursor = [], ""
    while cursor is not None:
        answer = client.request("GET", f"/images?limit=100&cursor={cursor}")
        if not promises.expect(answer.status == 200, f"the list was answered {answer.name()}"):
            break
        records += answer.json()["images"]
        cursor = answer.json()["pagination"].get("nextCursor")
    return records


def check_records(uploads, records, promises):
    """For the summary: how many images were lost, are there twice, or are there without a reason."""
    by_id = {record["imageId"]: record for record in records}
    stored = [upload for upload in uploads if upload.record and not upload.deleted]
    lost = [upload.token for upload in stored if by_id.get(upload.record["imageId"]) != upload.record]
    often = Counter(record["contentSha256"] for record in records)
    duplicated = [sha256 for sha256, times in often.items() if times > 1]
    given_up = {upload.content_sha256 for upload in uploads if upload.abandoned and not upload.record}
    known = {upload.record["imageId"] for upload in stored}
    unexpected = [record["imageId"] for record in records if record["imageId"] not in known and record["contentSha256"] not in given_up]
    ids = Counter(upload.record["imageId"] for upload in uploads if upload.record)
    shared = [image for image, times in ids.items() if times > 1]
    promises.expect(not lost, f"acknowledged and lost, or changed: {lost}")
    promises.expect(not duplicated and len(by_id) == len(records), f"there twice: {duplicated}")
    promises.expect(not unexpected, f"listed, though deleted or never sent: {unexpected}")
    promises.expect(not shared, f"images of several tokens: {shared}")
    return {"listed": len(records), "lost": len(lost), "duplicated": len(duplicated), "unexpected": len(unexpected)}


def check_bytes(client, uploads, promises):
    """Every picture is what it was when it was first acknowledged. Returns how many were compared, and how many differ."""
    stored = [upload for upload in uploads if upload.record and not upload.deleted]
    compared = different = 0
    for upload in stored:
        for key, before in zip(upload.keys(), upload.pictures or (None, None)):
            answer = client.request("GET", "/blobs/" + key)
            same = answer.status == 200 and (before is None or upload_stories.sha256(answer.body) == before)
            compared, different = compared + 1, different + (not same)
            promises.expect(same, f"{key} is answered {answer.name()}, or with other bytes than at first")
    return {"pictures_compared": compared, "pictures_different": different}


def check_deleted(client, uploads, promises):
    deleted = [upload for upload in uploads if upload.deleted]
    for upload in deleted:
        for path in ("/images/" + upload.record["imageId"], *("/blobs/" + key for key in upload.keys())):
            answer = client.request("GET", path)
            promises.expect(answer.status == 404, f"{path} was deleted and is answered {answer.name()}")
    return {"deleted": len(deleted)}


def verify(service, promises):
    code, report, error = service.command("verify", "--grace", "0s", "--checksums")
    promises.expect(code == 0, f"verify ended with {code}: {report} {error}", foremost=True)
    return {name: report.get(name) for name in ("blobs", "records", "orphanedFiles", "missingFiles", "corruptFiles", "unknownFiles")}


def check_sweeps(service, promises):
    """Once all leases have run out, one sweep ends all that was begun, and a second finds nothing."""
    time.sleep(LEASE_SECONDS + 0.1)
    code, first, error = service.command("sweep")
    promises.expect(code == 0, f"the sweep ended with {code}: {first} {error}")
    _, second, _ = service.command("sweep")
    promises.expect(not any(second.values()), f"a second sweep still found {second}")
    return first


def check_disk(service, records, promises):
    """With our own eyes: the files are those that the records name, and the database is sound."""
    files = {str(file.relative_to(service.data / "blobs")) for file in (service.data / "blobs").rglob("*") if file.is_file()}
    named = {key for record in records for key in (record["s3Key"], record["thumbnailKey"])}
    promises.expect(files == named, f"on the disk and not in a record: {files - named}; the other way: {named - files}")
    with sqlite3.connect(service.data / "tintype.db") as database:
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
    promises.expect(sound == "ok", f"the database is damaged: {sound}")
    return {"files": len(files), "unfinished_puts_removed": remove_unfinished(service, promises)}


def remove_unfinished(service, promises):
    """What killed puts have left in tmp/ goes when it is an hour old; here it is made so. Returns how many there were."""
    unfinished = list((service.data / "tmp").iterdir())
    for file in unfinished:
        os.utime(file, (time.time() - TWO_HOURS,) * 2)
    service.command("sweep")
    left = list((service.data / "tmp").iterdir())
    promises.expect(not left, f"left in tmp/: {left}")
    return len(unfinished)


def soak(service, options, promises):
    started, clients = time.monotonic(), upload_stories.Clients(service, options, promises)
    kills, in_start_up, beside = kill_under_load(service, clients, options, promises)
    seconds, client = time.monotonic() - started, service.client(30)
    summary = {"kills": kills, "kills_in_start_up": in_start_up, "seconds": round(seconds, 1), "tokens": len(clients.uploads),
               "acknowledged": sum(upload.record is not None for upload in clients.uploads),
               "abandoned": sum(upload.abandoned for upload in clients.uploads), **clients.counts,
               "answers": dict(sorted(clients.answers.items())), "sweeps_beside": dict(beside)}
    summary["last_sweep"] = check_sweeps(service, promises)
    records = listed(client, promises)
    summary.update({**check_records(clients.uploads, records, promises), **check_bytes(client, clients.uploads, promises),
                    **check_deleted(client, clients.uploads, promises), "verify": verify(service, promises)})
    code = service.stop()
    promises.expect(code == 0, f"the server ended with {code} on SIGTERM")
    promises.expect(not service.errors, f"errors in the log: {service.errors[:3]}")
    summary.update({"swept_by_servers": dict(service.swept), **check_disk(service, records, promises)})
    promises.expect(summary["acknowledged"] > 0, "nothing was stored")
    return summary


def line(summary):
    found = summary["verify"]
    return (f"soak: {summary['kills']} kills in {summary['seconds']:.0f} s, {summary['acknowledged']} uploads acknowledged, "
            f"{summary['lost']} lost, {summary['duplicated']} duplicated, {found['orphanedFiles']} orphaned, "
            f"{found['missingFiles']} missing, {found['corruptFiles']} corrupt")


def main():
    options, promises = options_of(sys.argv[1:]), run.Promises()
    run.exit_on_sigterm()
    with crashing_server.CrashingServer(options.program, [*FLAGS, *options.serve_flag]) as service:
        summary = {"seed": options.seed, **soak(service, options, promises)}
    print(line(summary), file=sys.stderr)
    return promises.finish(summary)


if __name__ == "__main__":
    sys.exit(main())
