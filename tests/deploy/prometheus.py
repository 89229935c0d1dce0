"""Debian's Prometheus for tests: where it is, and one that runs on loopback."""

import json
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/prometheus"
SKIPPED = 77  # SKIP_RETURN_CODE of the tests

sys.path.append(str(ROOT / "bench/lib"))
import child  # noqa: E402


def program(name):
    """Its path; ends the test as skipped if there is none."""
    unpacked = ROOT / "build/prometheus" / name
    found = str(unpacked) if unpacked.exists() else shutil.which(name)
    if not found:
        print(f"skipped: there is no {name}; tests/deploy/install fetches it")
        sys.exit(SKIPPED)
    return found


def promtool(*arguments):
    """(whether it was content, what it said)"""
    done = subprocess.run([program("promtool"), *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def eventually(look, accepted, seconds):
    """What `look` gave last: the first that is accepted, or, after that many seconds, one that is not."""
    end = time.monotonic() + seconds
    while not accepted(seen := look()) and time.monotonic() < end:
        time.sleep(0.2)
    return seen


class Prometheus(child.Child):
    """Runs on a configuration file; its data goes beside that. Use in a `with` statement."""

    def __init__(self, configuration):
        folder, port = Path(configuration).parent, child.free_port()
        self.url = f"http://127.0.0.1:{port}"
        super().__init__("prometheus", [
            program("prometheus"), f"--config.file={configuration}", f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ], folder / "prometheus.log", lambda log: "Server is ready to receive web requests" in log)

    def get(self, path, **parameters):
        """The data of an answer with status success."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}", timeout=60) as answer:
            body = json.load(answer)
        assert body["status"] == "success", body
        return body["data"]

    def query(self, expression):
        return self.get("query", query=expression)["result"]

    def firing(self):
        """{name of the alert: its severity}"""
        alerts = self.get("alerts")["alerts"]
        return {alert["labels"]["alertname"]: alert["labels"]["severity"] for alert in alerts if alert["state"] == "firing"}
