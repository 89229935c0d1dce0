"""Sends GETs at a fixed rate over keep-alive connections, in a process of its own, and measures each from when it should
have been sent: a server that stalls does not slow the clock down by which it is measured.

As a program it reads its plan from the first line of standard input, runs until that ends, and prints what came of it.
"""

import contextlib
import gc
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ANSWER_SECONDS = 60


def encoded(address, path, headers):
    lines = [f"GET {path} HTTP/1.1", f"Host: {address}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Connection(threading.Thread):
    """Every `interval` seconds from `first` on it sends the next of its requests, or at once if it is late."""

    def __init__(self, address, requests, first, interval, stop):
        super().__init__(daemon=True)
        host, _, port = address.partition(":")
        self.socket = socket.create_connection((host, int(port)), ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests, self.due, self.interval, self.stop = requests, first, interval, stop
        self.samples, self.error = [], None

    def run(self):
        number = 0
        try:
            while not self.stop.is_set():
                time.sleep(max(0.0, self.due - time.monotonic()))
                self._exchange(self.requests[number % len(self.requests)])
                self.samples.append((self.due, time.monotonic() - self.due))
                self.due += self.interval
                number += 1
        except (OSError, ValueError) as error:
            self.error = repr(error)

    def _exchange(self, request):
        self.socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._received()
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(head.decode(errors="replace"))
        left = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]) - len(body)
        while left > 0:
            left -= len(self._received())

    def _received(self):
        if not (piece := self.socket.recv(65536)):
            raise ValueError("the server has closed the connection")
        return piece


def run(plan):
    """Until standard input ends. {"samples": [[when it was due on the monotonic clock, seconds it took]], "errors": [...]}"""
    gc.disable()  # a collection would look like a slow server
    stop, start, count = threading.Event(), time.monotonic() + 0.1, plan["connections"]
    requests = [encoded(plan["address"], path, headers) for path, headers in plan["requests"]]
    connections = [Connection(plan["address"], requests[number:] + requests[:number], start + number / plan["rate"], count / plan["rate"], stop)
                   for number in range(count)]
    for connection in connections:
        connection.start()
    sys.stdin.read()
    stop.set()
    for connection in connections:
        connection.join()
    return {"samples": sorted(sample for connection in connections for sample in connection.samples),
            "errors": [connection.error for connection in connections if connection.error]}


@contextlib.contextmanager
def load(address, requests, rate, connections):
    """Load while the context is open; gives a list that holds (due, seconds) of each request once it is closed."""
    samples = []
    plan = {"address": address, "requests": requests, "rate": rate, "connections": connections}
    with subprocess.Popen([sys.executable, Path(__file__)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdin.write(json.dumps(plan) + "\n")
        process.stdin.flush()
        try:
            yield samples
        except BaseException:
            process.kill()
            raise
        result = json.loads(process.communicate()[0])
    if result["errors"]:
        sys.exit(f"the load got no good answer: {result['errors'][0]}")
    samples.extend(map(tuple, result["samples"]))


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.stdin.readline()))))
