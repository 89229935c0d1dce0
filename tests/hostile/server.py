"""Starts and stops the program, speaks HTTP with it, and reads its metrics."""

import http.client
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import processes

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/tintype"
SECRET = "a secret for tests on loopback only, 32 bytes or more"
START_SECONDS, STOP_SECONDS = 30, 45
MOST_RETRIES, LONGEST_PAUSE = 20, 5.0

SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def require_program(program):
    if not Path(program).exists():
        sys.exit(f"there is no program {program}: build it with ./dev build, or name one with --program")


def serve_command(program, listen, data):
    return [program, "serve", "--listen", listen, "--data-dir", data, "--jwt-secret", SECRET]


def user_token(program, user="u"):
    command = [program, "token", "--user", user, "--jwt-secret", SECRET]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Server:
    """The program on a free port of loopback, with a data directory that goes with it, or with the one given, which stays.
    Use in a `with` statement."""

    def __init__(self, program=PROGRAM, flags=(), data=None):
        require_program(program)
        self.directory = tempfile.TemporaryDirectory(prefix="tintype-hostile-")
        self.log = Path(self.directory.name) / "log"
        command = serve_command(program, "127.0.0.1:0", data or self.directory.name + "/data")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*command, *flags], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.pid, self.stopped = self.process.pid, None
        try:
            self.url = self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        self.address = urlsplit(self.url).netloc
        self.token = user_token(program)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _wait_until_ready(self):
        url = processes.settled(self._listening, lambda url: url or not self.alive(), START_SECONDS)
        if not url:
            sys.exit("the server did not start:\n" + self.log_tail())
        client = Client(urlsplit(url).netloc, "", 5)
        answer = processes.settled(lambda: client.request("GET", "/readyz"), lambda answer: answer.status == 200, START_SECONDS)
        client.close()
        if answer.status != 200:
            sys.exit("the server did not become ready:\n" + self.log_tail())
        return url

    def _listening(self):
        for line in self.log.read_text(errors="replace").splitlines():
            if line.startswith("{") and '"msg":"listening"' in line:
                return "http://" + json.loads(line)["address"]  # its "url" may be another, that of a proxy
        return None

    def log_tail(self, lines=10):
        """The last lines that are not about a request: those would push out what matters."""
        told = [line for line in self.log.read_text(errors="replace").splitlines() if '"msg":"request"' not in line]
        return "\n".join(told[-lines:])

    def alive(self):
        return self.process.poll() is None

    def client(self, timeout):
        return Client(self.address, self.token, timeout)

    def metrics(self):
        client = self.client(10)
        answer = client.request("GET", "/metrics")
        client.close()
        return Metrics(answer.body.decode() if answer.status == 200 else "")

    def stop(self):
        """Ends the program and removes its data. Returns sentences that say what was not as promised; a second call does
        nothing and returns the same."""
        if self.stopped is not None:
            return self.stopped
        self.stopped, children = [], processes.below(self.pid)
        self.process.terminate()
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if code != 0:
            self.stopped.append(f"the server ended with {code} on SIGTERM; its last words:\n{self.log_tail()}")
        left = processes.settled(lambda: processes.still_there(children), lambda left: not left, 5)
        for process in left:
            self.stopped.append(f"{process.comm} {process.pid} outlived the server")
            processes.kill(process)
        self.directory.cleanup()
        return self.stopped


class Answer:
    """status is None if there was no whole answer; `error` says why."""

    def __init__(self, status=None, headers=None, body=b"", error=None, seconds=0.0):
        self.status, self.headers, self.body, self.error, self.seconds = status, headers or {}, body, error, seconds

    def json(self):
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def overloaded(self):
        return self.status == 503 and self.json().get("code") == "OVERLOADED"

    def name(self):
        """For counting: "201", "422 IMAGE_UNDECODABLE", "no answer: TimeoutError"."""
        if self.status is None:
            return f"no answer: {self.error}"
        return f"{self.status} {self.json().get('code', '')}".strip() if self.status >= 400 else str(self.status)


class Client:
    """One keep-alive connection, for one thread. No operation of its socket waits longer than `timeout` seconds."""

    def __init__(self, address, token, timeout):
        self.connection = http.client.HTTPConnection(address, timeout=timeout)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def request(self, method, path, body=None, headers=None):
        started = time.monotonic()
        try:
            answer = self._exchange(method, path, body, headers or {})
        except (OSError, http.client.HTTPException) as error:
            self.close()
            answer = Answer(error=type(error).__name__)
        answer.seconds = time.monotonic() - started
        return answer

    def _exchange(self, method, path, body, headers):
        headers = {**self.headers, **headers}
        if body is not None:
            headers.setdefault("Content-Type", "application/octet-stream")
        try:
            self.connection.request(method, path, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            # A body that is refused early is answered before it is read to its end; the answer is what counts.
            if self.connection.sock is None:
                raise
        response = self.connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    def upload(self, image):
        return self.request("POST", "/images", image)

    def upload_patiently(self, image):
        """Uploads, and again after Retry-After while the server is overloaded. Returns the last answer and how often it was
        overloaded before; `seconds` is the longest that any of them took."""
        longest = 0.0
        for overloaded in range(MOST_RETRIES):
            answer = self.upload(image)
            answer.seconds = longest = max(longest, answer.seconds)
            if not answer.overloaded():
                return answer, overloaded
            time.sleep(retry_after(answer))
        return answer, MOST_RETRIES

    def close(self):
        self.connection.close()


def retry_after(answer):
    value = answer.headers.get("Retry-After", "1")
    return min(float(value), LONGEST_PAUSE) if value.isdigit() else 1.0


class Metrics:
    def __init__(self, text):
        self.samples = [(name, dict(LABEL.findall(labels)), float(value)) for name, labels, value in SAMPLE.findall(text)]

    def value(self, name, **labels):
        """The sum of the samples that have these labels; None if there is none."""
        found = [value for sample, has, value in self.samples if sample == name and labels.items() <= has.items()]
        return sum(found) if found else None

    def by(self, name, label):
        """{value of the label: sum}"""
        values = {has.get(label, "") for sample, has, _ in self.samples if sample == name}
        return {value: self.value(name, **({label: value} if value else {})) for value in sorted(values)}
