"""Uploads as load: open loop, each measured from when it was due, and closed loop; and when their thumbnails were done."""

import contextlib
import http.client
import itertools
import json
import socket
import sys
import threading
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import processes
import server

ANSWER_SECONDS = 60

Upload = namedtuple("Upload", "due answered id")


def upload(client, picture):
    """The record; ends the benchmark if there is none. An overloaded server is asked again, in the time that is measured."""
    answer, overloaded = client.upload_patiently(picture)
    if overloaded:
        print(f"uploads: the server was overloaded, {overloaded} times for this upload", file=sys.stderr, flush=True)
    if answer.status != 201:
        sys.exit(f"an upload was answered {answer.name()}: {answer.body[:300]}")
    return answer.json()


def open_loop(service, pictures, rate, count):
    """`count` uploads, `rate` per second however long they take, each over a connection that is there before. [Upload]"""
    start = time.monotonic() + 0.2

    def send(number):
        client, due = service.client(ANSWER_SECONDS), start + number / rate
        time.sleep(max(0.0, due - 0.05 - time.monotonic()))
        client.connection.connect()
        time.sleep(max(0.0, due - time.monotonic()))
        image = upload(client, pictures[number % len(pictures)])["imageId"]
        client.close()
        return Upload(due, time.monotonic(), image)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, range(count)))


def closed_loop(service, picture_of, clients, seconds=None, count=None, progress=lambda done: None):
    """Each client sends the next one when its last is answered, until `seconds` are over or `count` are sent. Gives how many
    were answered per second until then, and how many were in all."""
    start, lock, answered = time.monotonic(), threading.Lock(), []
    numbers = itertools.count() if count is None else iter(range(count))

    def send():
        client = service.client(ANSWER_SECONDS)
        while seconds is None or time.monotonic() < start + seconds:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            upload(client, picture_of(number))
            answered.append(time.monotonic())
            progress(len(answered))
        client.close()

    with ThreadPoolExecutor(clients) as pool:
        for future in [pool.submit(send) for _ in range(clients)]:
            future.result()
    end = max(answered) if seconds is None else start + seconds
    return sum(when <= end for when in answered) / (end - start), len(answered)


class Completions(threading.Thread):
    """Follows GET /events of the user of `service`. Use in a `with` statement."""

    def __init__(self, service):
        super().__init__(daemon=True)
        self.completed, self.failed, self.changed = {}, [], threading.Condition()  # {id: when, on the monotonic clock}
        self.connection = http.client.HTTPConnection(service.address, timeout=ANSWER_SECONDS)
        self.connection.request("GET", "/events", headers={"Authorization": f"Bearer {service.token}"})
        self.socket = self.connection.sock  # the connection gives it away with the answer
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            sys.exit(f"GET /events was answered {self.answer.status}")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.join()
        self.connection.close()

    def run(self):
        event = None
        try:
            while line := self.answer.readline():
                name, _, value = line.decode().rstrip().partition(": ")
                if name == "event":
                    event = value
                elif name == "data" and event in ("completed", "failed"):
                    self._note(event, json.loads(value)["imageId"])
        except OSError:
            pass  # closed by the server: who waits will see that nothing comes

    def _note(self, event, image):
        with self.changed:
            self.completed.setdefault(image, time.monotonic())
            if event == "failed":
                self.failed.append(image)
            self.changed.notify_all()

    def wait_for(self, ids, seconds):
        """{id: when}; ends the benchmark if one does not come, or has failed."""
        with self.changed:
            there = self.changed.wait_for(lambda: all(image in self.completed for image in ids), seconds)
        if not there or self.failed:
            missing = sum(image not in self.completed for image in ids)
            sys.exit(f"thumbnails: {missing} of {len(ids)} are not done after {seconds} s, {len(self.failed)} have failed")
        return {image: self.completed[image] for image in ids}


def thumbnails_done(service):
    return int(service.metrics().value("tintype_jobs_total", type="derive", outcome="done") or 0)


def wait_until_done(service, count, seconds):
    """Until so many thumbnails are made since the start of the service."""
    done = processes.settled(lambda: thumbnails_done(service), lambda done: done >= count, seconds)
    if done < count:
        sys.exit(f"{count - done} of {count} thumbnails are not made after {seconds} s")
