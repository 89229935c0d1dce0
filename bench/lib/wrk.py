"""wrk: a closed loop of keep-alive connections, each with one request under way."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("wrk.lua")
TIMEOUT_SECONDS = 20  # what takes longer has failed; a busy machine alone takes more than wrk's 2


def run(url, headers, connections, seconds, threads=1, paths=None):
    """{"requests", "microseconds", "bytes", "p50", "p95", "p99", "max"}; times in microseconds. Ends the benchmark if a request
    failed. `paths`: a file of paths, a line each, that are asked for in turn rather than that of the URL."""
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{TIMEOUT_SECONDS}s", "-s", SCRIPT]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    arguments = ["--", paths] if paths else []
    result = subprocess.run([*command, url, *arguments], capture_output=True, text=True, timeout=seconds + TIMEOUT_SECONDS + 30)
    figures = next((line for line in reversed(result.stdout.splitlines()) if line.startswith("{")), None)
    if result.returncode != 0 or figures is None:
        sys.exit(f"wrk failed on {url}:\n{result.stdout}{result.stderr}")
    figures = json.loads(figures)
    if figures.pop("failed") or not figures["requests"]:
        sys.exit(f"requests to {url} failed:\n{result.stdout}")
    return figures
