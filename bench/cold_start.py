#!/usr/bin/env python3
"""How long until the first thumbnail: node with sharp from exec, beside tintype from exec to ready, beside a worker process.

Every round runs each once, one after the other, so that neighbours on the machine disturb all alike; the first round warms
the page cache and is dropped. Writes bench/results/cold_start.md and prints a JSON summary.

sharp is installed once into --sharp with npm, from its registry, and is no part of tintype."""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 1800, 1200
READY_SECONDS, POLL_SECONDS, ROUND_SECONDS, INSTALL_SECONDS = 30, 0.001, 60, 300
WORKER_STEPS = ("spawn_ms", "load_ms", "warmup_ms", "fork_to_thumbnail_ms")
NODE_WALL, NODE_CPU, READY_WALL, WORKER_WALL = "node_wall_ms", "node_cpu_ms", "ready_wall_ms", "fork_to_thumbnail_ms"

# The pipe tells when the thumbnail was there; the end of the process would add node's own.
THUMBNAIL_JS = """
const sharp = require('sharp');
sharp(process.argv[2]).resize(400, 400, { fit: 'cover' }).webp({ quality: 80 }).toBuffer()
  .then((webp) => require('fs').writeSync(1, `${webp.length}\\n`));
"""

# Blurred noise, stretched to all levels: as much to decode as a photograph, and the same for the same seed.
PICTURE_JS = """
const [raw, width, height, out] = process.argv.slice(2);
require('sharp')(require('fs').readFileSync(raw), { raw: { width: +width, height: +height, channels: 3 } })
  .blur(2).normalise().jpeg({ quality: 85 }).toFile(out);
"""


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/tintype"),
                        help="the tintype to measure (default: build/release/tintype)")
    parser.add_argument("--worker-bench", default=str(ROOT / "build/release/tintype_cold_start_bench"),
                        help="prints what a worker took (default: build/release/tintype_cold_start_bench)")
    parser.add_argument("--rounds", type=int, default=15, help="rounds that count (default: 15)")
    parser.add_argument("--sharp", default=str(Path(tempfile.gettempdir()) / "tintype-bench-sharp"), metavar="DIR",
                        help="where sharp is, or is installed to (default: %(default)s)")
    parser.add_argument("--file", help=f"the JPEG (default: one of {WIDTH}x{HEIGHT} made with sharp)")
    parser.add_argument("--seed", type=int, default=1, help="for the noise of that JPEG (default: 1)")
    parser.add_argument("--output", default=str(ROOT / "bench/results/cold_start.md"),
                        help="the report (default: bench/results/cold_start.md)")
    return parser.parse_args(arguments)


def say(text):
    print(f"cold_start: {text}", file=sys.stderr, flush=True)


def fail(text):
    sys.exit(f"cold_start: {text}")


def install_sharp(folder):
    """Does nothing if it is there."""
    if (folder / "node_modules/sharp").is_dir():
        return
    if not shutil.which("node") or not shutil.which("npm"):
        fail("node and npm are needed to run sharp; install them with: apt-get install nodejs npm")
    say(f"installing sharp into {folder}")
    folder.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "sharp"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        fail(f"npm did not install sharp within {INSTALL_SECONDS} s; is its registry reachable (npm ping)?")
    if result.returncode != 0:
        fail(f"npm could not install sharp; is its registry reachable (npm ping)?\n{result.stderr.strip()[-2000:]}")


def node(folder, script, *arguments):
    """The command and the environment in which `require('sharp')` finds it."""
    return ["node", script, *map(str, arguments)], {**os.environ, "NODE_PATH": str(folder / "node_modules")}


def make_picture(folder, work, seed):
    picture, raw, script = work / "picture.jpg", work / "noise.raw", work / "picture.js"
    raw.write_bytes(random.Random(seed).randbytes(WIDTH * HEIGHT * 3))
    script.write_text(PICTURE_JS)
    command, environment = node(folder, script, raw, WIDTH, HEIGHT, picture)
    subprocess.run(command, env=environment, check=True, timeout=ROUND_SECONDS)
    return picture


def measure_node(folder, script, picture):
    """Wall time until the thumbnail is there, and the CPU time of the whole process."""
    command, environment = node(folder, script, picture)
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    first = process.stdout.readline()
    wall = time.perf_counter() - started
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0 or not first:
        fail(f"node ended with {process.returncode} and without a thumbnail")
    return {NODE_WALL: wall * 1e3, NODE_CPU: (usage.ru_utime + usage.ru_stime) * 1e3}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def is_ready(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def measure_ready(program, data):
    """The port is chosen beforehand, so that the first poll can come before the program has said anything. Its data directory
    is that of the round before, as a service that is started again has one."""
    port = free_port()
    command = [program, "serve", "--listen", f"127.0.0.1:{port}", "--data-dir", data]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not is_ready(port):
            if process.poll() is not None or time.perf_counter() - started > READY_SECONDS:
                fail(f"the server was not ready within {READY_SECONDS} s (exit code {process.poll()})")
            time.sleep(POLL_SECONDS)
        return {READY_WALL: (time.perf_counter() - started) * 1e3}
    finally:
        end(process)


def end(process):
    process.terminate()
    try:
        process.wait(45)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def measure_worker(program, picture):
    result = subprocess.run([program, picture], capture_output=True, text=True, timeout=ROUND_SECONDS)
    if result.returncode != 0:
        fail(f"{program} ended with {result.returncode}: {result.stderr.strip()[-2000:]}")
    line = json.loads(result.stdout.strip().splitlines()[-1])
    return {step: float(line[step]) for step in WORKER_STEPS}


def measure(options, folder, work):
    """[one dict of milliseconds for each round that counts]"""
    picture = Path(options.file) if options.file else make_picture(folder, work, options.seed)
    script, data = work / "thumbnail.js", work / "data"
    script.write_text(THUMBNAIL_JS)
    with_worker = os.access(options.worker_bench, os.X_OK)
    if not with_worker:
        say(f"there is no {options.worker_bench}; measuring without workers")
    rounds = []
    for number in range(options.rounds + 1):
        say(f"round {number} of {options.rounds}" if number else "warm-up round")
        result = {**measure_node(folder, script, picture), **measure_ready(options.program, data)}
        rounds.append({**result, **(measure_worker(options.worker_bench, picture) if with_worker else {})})
    return rounds[1:]


def summarise(rounds):
    """{name: {"median": ms, "min": ms, "max": ms}}"""
    return {name: {"median": round(statistics.median(values), 2), "min": round(min(values), 2), "max": round(max(values), 2)}
            for name in rounds[0] if (values := [row[name] for row in rounds])}


def ratios(summary):
    """How many times as long as a, which is node with sharp."""
    base = summary[NODE_WALL]["median"]
    pairs = {"b/a": READY_WALL, "c/a": WORKER_WALL}
    return {name: round(summary[row]["median"] / base, 4) for name, row in pairs.items() if row in summary}


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


ROWS = {
    NODE_WALL: "a: `node` with sharp, exec to the first thumbnail",
    NODE_CPU: "a: its CPU time, all threads, to its end",
    READY_WALL: "b: `tintype serve`, exec to `/readyz` 200",
    "spawn_ms": "c: workers, `spawn_ms`",
    "load_ms": "c: workers, `load_ms`",
    "warmup_ms": "c: workers, `warmup_ms`",
    WORKER_WALL: "c: worker, fork to the first thumbnail",
}


def processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown")


def conditions(options, folder):
    sharp = json.loads((folder / "node_modules/sharp/package.json").read_text())["version"]
    picture = f"`{Path(options.file).name}`" if options.file else f"{WIDTH} x {HEIGHT}, blurred noise, quality 85"
    load = " ".join(f"{load:.2f}" for load in os.getloadavg())
    return [f"`bench/cold_start.py --rounds {options.rounds}` on {os.cpu_count()} cores ({processor()}), Linux {os.uname().release}, "
            f"{output_of(options.program, '--version')}, node {output_of('node', '--version')}, sharp {sharp}.",
            f"The thumbnail is 400 x 400, cover, WebP quality 80, of a JPEG ({picture}). b ends when the server is ready, and makes none.",
            f"{options.rounds} interleaved rounds after one to warm up. Load average at the end: {load}."]


def report(options, summary, folder):
    lines = ["# Cold start", "", *conditions(options, folder), "", "| milliseconds | median | min | max |", "|---|---|---|---|"]
    lines += [f"| {text} | {summary[name]['median']:.2f} | {summary[name]['min']:.2f} | {summary[name]['max']:.2f} |"
              for name, text in ROWS.items() if name in summary]
    if WORKER_WALL not in summary:
        lines += ["", "c was not measured: there was no `tintype_cold_start_bench`."]
    lines += ["", "Ratios of the medians: " + ", ".join(f"{name} = {value}" for name, value in ratios(summary).items()) + "."]
    return "\n".join(lines) + "\n"


def main(arguments):
    options = options_of(arguments)
    # As an exception, so that a server that is being measured is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if options.rounds < 1:
        fail("--rounds must be at least 1")
    if not os.access(options.program, os.X_OK):
        fail(f"there is no program {options.program}: build it with ./dev build, or name one with --program")
    folder = Path(options.sharp).resolve()
    install_sharp(folder)
    with tempfile.TemporaryDirectory(prefix="tintype-cold-start-") as work:
        summary = summarise(measure(options, folder, Path(work)))
    Path(options.output).write_text(report(options, summary, folder))
    print(json.dumps({"rounds": options.rounds, **summary, "ratios": ratios(summary)}, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
