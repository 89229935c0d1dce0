"""A server that is killed, with all that runs below it, and started again on the same data and the same port."""

import json
import random
import socket
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

import processes
import server


def quiet_port():
    """A free port that the kernel gives to no outgoing connection: a client that calls while the server is down could otherwise
    be connected to itself, and hold the port."""
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    ports = [port for port in range(10_000, 65_536) if not low <= port <= high]
    for port in random.sample(ports, min(len(ports), 100)) + [0]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
            except OSError:
                continue


class CrashingServer:
    """Used by one thread, but for what clients read. Use in a `with` statement: its end removes the data."""

    def __init__(self, program, flags):
        server.require_program(program)
        self.program, self.flags = program, flags
        self.directory = tempfile.TemporaryDirectory(prefix="tintype-soak-")
        self.data, self.log = Path(self.directory.name) / "data", Path(self.directory.name) / "log"
        self.address, self.token = f"127.0.0.1:{quiet_port()}", server.user_token(program)
        self.process, self.started, self.ready_seconds = None, 0.0, 0.1
        self.swept, self.errors = Counter(), []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.kill()
        self.directory.cleanup()

    def start(self):
        command = [*server.serve_command(self.program, self.address, str(self.data)), *self.flags]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.started = time.monotonic()

    def wait_until_ready(self):
        """False if it has ended instead, or takes too long."""
        listens = processes.settled(self._listens, lambda listens: listens or self.process.poll() is not None, server.START_SECONDS, 0.005)
        self.ready_seconds = time.monotonic() - self.started
        return listens

    def _listens(self):
        return b'"msg":"listening"' in self.log.read_bytes()

    def kill(self):
        """Returns what it had ended with before, None if it was running. The server dies first: one that saw its workers die
        would hold that against the file they were at."""
        ended, family = self.process.poll(), processes.below(self.process.pid)
        self.process.kill()
        for process in family:
            processes.kill(process)
        self.process.wait()
        processes.settled(lambda: processes.still_there(family), lambda left: not left, 5, 0.002)
        processes.settled(self._port_is_free, bool, 5, 0.002)
        self.process = None
        self._read_log()
        return ended

    def _port_is_free(self):
        """A child between fork and exec holds the socket of the killed server for a moment."""
        host, port = self.address.split(":")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, int(port)))
                return True
            except OSError:
                return False

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(server.STOP_SECONDS)
        except subprocess.TimeoutExpired:
            return self.kill()
        self.process = None
        self._read_log()
        return code

    def _read_log(self):
        for line in self.log.read_text(errors="replace").splitlines():
            if '"level":"error"' in line:
                self.errors.append(line)
            elif '"msg":"swept"' in line and line.endswith("}"):
                entry = json.loads(line)
                self.swept.update({name: entry[name] for name in ("expired", "deleted", "postponed")})

    def log_tail(self, lines=10):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def client(self, timeout):
        return server.Client(self.address, self.token, timeout)

    def command(self, *words):
        """Runs a command of the program on the data; returns (exit code, the object it printed, its stderr)."""
        command = [self.program, *words, "--data-dir", str(self.data)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
        return ran.returncode, json.loads(ran.stdout) if ran.stdout else {}, ran.stderr
