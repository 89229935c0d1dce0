"""Processes that a benchmark starts: in the foreground, with their output in a file, ended by pid."""

import socket
import subprocess
import sys
import time
from pathlib import Path

START_SECONDS, STOP_SECONDS, POLL_SECONDS = 30, 10, 0.02


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Child:
    """Use in a `with` statement. `ready` takes what the process has said so far, and gives something true once it serves."""

    def __init__(self, name, command, log, ready, environment=None):
        self.name, self.log = name, Path(log)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
        self.pid = self.process.pid
        try:
            self.said = self._wait_until(ready)
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _wait_until(self, ready):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if said := ready(self.log.read_text(errors="replace")):
                return said
            time.sleep(POLL_SECONDS)
        sys.exit(f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-2000:]}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
