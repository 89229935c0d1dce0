"""What the benchmark of cold starts measures, each once: programs from exec, services from exec, and an upload that has to
wait until a worker is forked."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import processes
import server

from . import image_service, node, service, upload_attempts
from .child import free_port

READY_SECONDS, POLL_SECONDS, RUN_SECONDS = 30, 0.001, 60
WORKER_STEPS = ("spawn_ms", "load_ms", "warmup_ms", "fork_to_thumbnail_ms")

# The pipe tells when the thumbnail was there; the end of the process would add node's own.
THUMBNAIL_JS = """
const sharp = require('sharp');
sharp(process.argv[2]).resize(400, 400, { fit: 'cover' }).webp({ quality: 80 }).toBuffer()
  .then((webp) => require('fs').writeSync(1, `${webp.length}\\n`));
"""


def ended(process):
    process.terminate()
    try:
        process.wait(45)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def in_node(script, *arguments):
    """The command and the environment in which `require('sharp')` finds it."""
    return ["node", script, *map(str, arguments)], {**os.environ, "NODE_PATH": str(node.INSTALLED / "node_modules")}


def first_line_of(command, environment=None):
    """(ms from exec to the first line of its output, the line, CPU ms to its end)"""
    started = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), env=environment, stdout=subprocess.PIPE)
    first = process.stdout.readline()
    wall = time.perf_counter() - started
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0 or not first:
        sys.exit(f"{command[0]} ended with {process.returncode} and without a thumbnail")
    return wall * 1e3, first, (usage.ru_utime + usage.ru_stime) * 1e3


class Programs:
    """Without HTTP and stores: node with sharp, and a program with a zygote and a worker, each to the thumbnail of a file."""

    def __init__(self, worker_bench, picture, work):
        self.worker_bench, self.picture, self.script = worker_bench, picture, work / "thumbnail.js"
        self.script.write_text(THUMBNAIL_JS)

    def node(self):
        command, environment = in_node(self.script, self.picture)
        wall, _, spent = first_line_of(command, environment)
        return {"node_ms": wall, "node_cpu_ms": spent}

    def worker(self):
        wall, line, _ = first_line_of([self.worker_bench, self.picture])
        steps = json.loads(line)
        return {"worker_program_ms": wall, **{step: float(steps[step]) for step in WORKER_STEPS}}


def is_ready(address):
    host, port = address.split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


class ColdServices:
    """From exec of a service to the answer to its first upload, which has a thumbnail then."""

    def __init__(self, program, headers, form):
        self.program, self.headers, self.body = program, headers, Path(form).read_bytes()

    def upload(self, address):
        answer = upload_attempts.attempt(address, self.headers, self.body, RUN_SECONDS)
        if answer["status"] != 201:
            sys.exit(f"the first upload was answered {answer['status']}, not 201")

    def tintype(self, data, flags, environment=None):
        """(ms to ready, ms to the answer). The port is chosen beforehand, so that the first poll can come before the program
        has said anything. Its data directory is that of the round before, as a service that is started again has one."""
        address = f"127.0.0.1:{free_port()}"
        command = [*server.serve_command(self.program, address, str(data)), "--thumbnails", "inline", *flags]
        started = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not is_ready(address):
                if process.poll() is not None or time.perf_counter() - started > READY_SECONDS:
                    sys.exit(f"the server was not ready within {READY_SECONDS} s (exit code {process.poll()})")
                time.sleep(POLL_SECONDS)
            ready = time.perf_counter() - started
            self.upload(address)
            return ready * 1e3, (time.perf_counter() - started) * 1e3
        finally:
            ended(process)

    def node(self, environment):
        """(ms until it listens, ms to the answer)"""
        started = time.perf_counter()
        process = subprocess.Popen(["node", image_service.SERVICE / "server.mjs"], env=environment, stdout=subprocess.PIPE)
        try:
            said = process.stdout.readline()
            if not said:
                sys.exit("the service on Node did not start, see above")
            listening = time.perf_counter() - started
            self.upload(f"127.0.0.1:{json.loads(said)['port']}")
            return listening * 1e3, (time.perf_counter() - started) * 1e3
        finally:
            ended(process)
            process.stdout.close()


# The next upload's main picture is made while a large one's is: it needs a second worker, which is warm, or has to be forked
# first. Nobody makes thumbnails meanwhile, whose jobs would need workers too.
SERVING = ["--image-threads", "2", "--workers-max", "2", "--worker-idle", "100ms", "--thumbnails", "async", "--jobs", "off", "--redrive-interval", "24h"]
HEAD_START_SECONDS, SETTLE_SECONDS = 0.15, 30


class Serving:
    """A server with so many warm workers, while a picture of 24 MP keeps one of them busy. Use in a `with` statement."""

    def __init__(self, program, data, warm, headers, small, large):
        self.warm, self.headers, self.small, self.large = warm, headers, small, large
        self.server = service.start(program, data, ["--workers-provisioned", str(warm), *SERVING])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop()

    def _cold_starts(self):
        """(how many there were, seconds that they waited)"""
        metrics = self.server.metrics()
        return metrics.value("tintype_cold_starts_total") or 0, metrics.value("tintype_cold_start_duration_seconds_sum") or 0.0

    def upload_ms(self):
        """(ms of an upload meanwhile, cold starts that there were, ms that they waited)"""
        count = processes.settled(lambda: len(processes.workers(self.server.pid)), lambda count: count == self.warm, SETTLE_SECONDS, 0.02)
        if count != self.warm:
            sys.exit(f"there are {count} workers, not {self.warm}")
        starts, waited = self._cold_starts()
        large = threading.Thread(target=upload_attempts.lone, args=(self.server, self.headers, self.large))
        large.start()
        time.sleep(HEAD_START_SECONDS)
        seconds, answer = upload_attempts.lone(self.server, self.headers, self.small)
        large.join()
        if answer["status"] != 201:
            sys.exit(f"an upload was answered {answer['status']} {answer.get('code')}, not 201; the server's last words:\n{self.server.log_tail()}")
        starts_after, waited_after = self._cold_starts()
        return seconds * 1e3, int(starts_after - starts), (waited_after - waited) * 1e3
