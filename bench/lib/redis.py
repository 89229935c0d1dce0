"""A Redis of its own for a benchmark (tests/engines), and a client for it that pipelines."""

import contextlib
import json
import socket
import subprocess
import sys

import processes

from . import ROOT

START = ROOT / "tests/engines/start"


class Error(Exception):
    """Redis said no."""


def encoded(command):
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


class Redis:
    """One connection, for one thread."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answers = self.socket.makefile("rb")

    def __call__(self, *command):
        return self.pipeline([command])[0]

    def pipeline(self, commands):
        return self.send(b"".join(map(encoded, commands)), len(commands))

    def send(self, encoded_commands, count):
        """All answers, once all commands are sent: a batch must fit into what Redis and the kernel buffer of its answers."""
        self.socket.sendall(encoded_commands)
        return [self._answer() for _ in range(count)]

    def _answer(self):
        line = self.answers.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise Error(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.answers.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self._answer() for _ in range(int(rest))]
        if kind != b"+":
            raise Error("the connection has ended")
        return rest

    def close(self):
        self.answers.close()
        self.socket.close()


def command_counts(redis):
    """{command: calls} since the last CONFIG RESETSTAT"""
    lines = redis("INFO", "commandstats").decode().splitlines()
    words = [line.removeprefix("cmdstat_").replace(":calls=", ",").split(",") for line in lines if line.startswith("cmdstat_")]
    return {word[0]: int(word[1]) for word in words}


@contextlib.contextmanager
def serving(*arguments):
    """A redis-server without persistence; `arguments` are its own. Gives what tests/engines/start says of it, and `pid`."""
    command = [START, "redis", "--", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as engine:
        line = engine.stdout.readline()
        if not line:
            sys.exit("redis did not start, see above")
        yield {**json.loads(line), "pid": processes.named(engine.pid, "redis-server")[0].pid}
        engine.stdin.close()
