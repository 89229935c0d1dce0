"""What all engines share: their processes, their temporary directory, and the wait until they answer."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from .ports import free_port

SOURCE = pathlib.Path(__file__).resolve().parents[1]
INSTALLED = SOURCE.parents[1] / "build" / "engines"
INSTALL_HINT = "run tests/engines/install (./dev test does)"

# What engines that know credentials accept, and what clients of the others may sign with.
CREDENTIALS = {"access_key": "test", "secret_key": "testsecret", "region": "us-east-1"}

START_SECONDS = 60  # an engine starts in 3 s; a machine busy with other tests needs a multiple
POLL_SECONDS = 0.01


class NotInstalled(Exception):
    """The engine cannot run here."""


class StartFailed(Exception):
    """The engine did not come up."""


class Stopped(Exception):
    """It was time to stop before the engine was up."""


class Process:
    """A process of an engine, with its output in a file. It ends with the launcher, whatever happens to that."""

    def __init__(self, name, command, log, **options):
        self.name = name
        self._log = log
        with open(log, "ab") as output:
            self._child = subprocess.Popen(
                ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--", *command],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options)
        self.pid = self._child.pid

    def has_ended(self):
        return self._child.poll() is not None

    def kill(self):
        """What an engine keeps is thrown away, so it need not end in good order; also ends one that is paused."""
        if not self.has_ended():
            self._child.send_signal(signal.SIGKILL)
        self._child.wait()

    def log_tail(self):
        with open(self._log, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-20:])


class Engine:
    """The processes and the directory of one engine while it runs."""

    def __init__(self, name, lifetime):
        self.name = name
        self.processes = []
        self._lifetime = lifetime
        self._until = time.monotonic() + START_SECONDS
        # Short: the paths of the sockets in it must fit into 107 bytes.
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"tintype-{name}-"))

    def run(self, name, command, **options):
        process = Process(name, [str(part) for part in command], self.directory / f"{name}.log", **options)
        self.processes.append(process)
        return process

    def command(self, command):
        """A step of the start that ends by itself."""
        try:
            done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, timeout=self.seconds_left(), check=False)
        except subprocess.TimeoutExpired as late:
            raise StartFailed(f"{command[0]} did not end in time") from late
        if done.returncode != 0:
            raise StartFailed(f"{command[0]} failed: {done.stderr[-2000:]}")
        return done.stdout

    def wait_until(self, condition, what):
        while not condition():
            for process in self.processes:
                if process.has_ended():
                    raise StartFailed(f"{process.name} ended:\n{process.log_tail()}")
            if time.monotonic() > self._until:
                logs = "\n".join(f"{process.name}:\n{process.log_tail()}" for process in self.processes)
                raise StartFailed(f"{what} did not come within {START_SECONDS} s\n{logs}")
            if self._lifetime.over(POLL_SECONDS):
                raise Stopped

    def seconds_left(self):
        return max(0.1, self._until - time.monotonic())

    def facts(self):
        return {"launcher": os.getpid(), "pids": {process.name: process.pid for process in self.processes},
                "directory": str(self.directory)}

    def stop(self):
        for process in reversed(self.processes):
            process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


def chosen_port(options):
    return options.port or free_port()


def require_programs(*names):
    for name in names:
        if shutil.which(name) is None:
            raise NotInstalled(f"{name} is not installed: {INSTALL_HINT}")


def require_installed(*paths):
    require_programs("node")
    for path in paths:
        if not (INSTALLED / path).exists():
            raise NotInstalled(f"build/engines/{path} is missing: {INSTALL_HINT}")


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def answers_http(port):
    """Any answer counts: most engines refuse a request that is not signed."""
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://127.0.0.1:{port}/", timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def node_server(engine, name, script, arguments):
    """A server of ours in Node, which finds its packages in build/engines/."""
    environment = {**os.environ, "TINTYPE_ENGINES": str(INSTALLED)}
    return engine.run(name, ["node", SOURCE / "node" / script, *arguments], env=environment)
