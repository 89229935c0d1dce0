"""Sends uploads from a process of its own, in one of two ways. Closed: each of the clients sends the next one as soon as it is
answered. Open: they are due at a fixed rate, however slow the answers are; each is measured from when it was due, also if all
connections were busy then, so a server that stalls does not slow the clock down by which it is measured.

As a program it reads its plan from standard input and prints what came of it.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

ANSWER_SECONDS = 120
GRACE_SECONDS = 600


class Schedule:
    """When the next upload is due, and its number; None once the time is over. Any thread may ask."""

    def __init__(self, plan, start):
        self.lock, self.start, self.number = threading.Lock(), start, 0
        self.rate, self.end = plan.get("rate"), start + plan["seconds"]

    def next(self):
        with self.lock:
            due = self.start + self.number / self.rate if self.rate else time.monotonic()
            if due >= self.end:
                return None
            self.number += 1
            return self.number - 1, due


class Client(threading.Thread):
    """One keep-alive connection."""

    def __init__(self, plan, bodies, schedule):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection(plan["address"], timeout=ANSWER_SECONDS)
        self.headers, self.bodies, self.schedule = plan["headers"], bodies, schedule
        self.samples, self.error = [], None

    def run(self):
        try:
            while upload := self.schedule.next():
                number, due = upload
                time.sleep(max(0.0, due - time.monotonic()))
                identifier = self._upload(self.bodies[number % len(self.bodies)])
                self.samples.append((due, time.monotonic() - due, identifier))
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.error = repr(error)
        self.connection.close()

    def _upload(self, body):
        self.connection.request("POST", "/images", body, self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != 201:
            raise ValueError(f"{response.status}: {answer[:300]}")
        return json.loads(answer)["imageId"]


def run(plan):
    bodies = [Path(file).read_bytes() for file in plan["bodies"]]
    start = time.monotonic() + 0.05
    schedule = Schedule(plan, start)
    clients = [Client(plan, bodies, schedule) for _ in range(plan["clients"])]
    time.sleep(max(0.0, start - time.monotonic()))
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return {"start": start, "samples": sorted(sample for client in clients for sample in client.samples),
            "errors": [client.error for client in clients if client.error]}


def send(address, headers, bodies, seconds, clients, rate=None):
    """Uploads the files in turn: as many as the clients get answered, or `rate` a second. Waits for all answers. Gives
    (start on the monotonic clock, [(due, seconds, id)])."""
    plan = {"address": address, "headers": headers, "bodies": [str(file) for file in bodies], "seconds": seconds, "clients": clients, "rate": rate}
    done = subprocess.run([sys.executable, Path(__file__)], input=json.dumps(plan), capture_output=True, text=True, timeout=seconds + GRACE_SECONDS)
    if done.returncode != 0:
        sys.exit(f"the load failed:\n{done.stderr}")
    result = json.loads(done.stdout)
    if result["errors"]:
        sys.exit(f"an upload to {address} failed: {result['errors'][0]}")
    return result["start"], [tuple(sample) for sample in result["samples"]]


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
