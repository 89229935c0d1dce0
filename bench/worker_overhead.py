#!/usr/bin/env python3
"""What image workers cost over the engine in the service's own process, on a whole upload.

Two services run, one with engine=worker and one with engine=inprocess, and are sent the same picture in turn, A B B A, so
that neighbours on the machine disturb both alike. Wall time of each upload, and CPU time of the service with its workers
(user + system from /proc), which neighbours disturb least. Then the same without HTTP and stores, by
tintype_worker_overhead_bench. Writes bench/results/worker_overhead.md and prints a JSON summary.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/hostile"))

import processes  # noqa: E402
import server  # noqa: E402

ENGINES = ("worker", "inprocess")
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="the picture, for instance a JPEG of 12 megapixels")
    parser.add_argument("--rounds", type=int, default=40, help="uploads to each that count (default: 40)")
    parser.add_argument("--program", default=str(server.PROGRAM))
    parser.add_argument("--output", default=str(ROOT / "bench/results/worker_overhead.md"))
    return parser.parse_args(arguments)


def cpu_ms(pid):
    """Of a process and what is below it, its own dead children included."""
    total = 0
    for process in [pid, *(child.pid for child in processes.below(pid))]:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15])) if process == pid else sum(map(int, fields[11:13]))
    return total * TICK_MS


def upload(service, client, picture):
    before = cpu_ms(service.pid)
    answer = client.upload(picture)
    if answer.status != 201:
        sys.exit(f"the picture was answered {answer.status}: {answer.body[:200]}")
    return answer.seconds * 1000, cpu_ms(service.pid) - before


def measure(services, picture, rounds):
    clients = {engine: service.client(60) for engine, service in services.items()}
    figures = {engine: [] for engine in ENGINES}
    for number in range(-2, rounds):
        for engine in ENGINES if number % 2 else reversed(ENGINES):
            figure = upload(services[engine], clients[engine], picture)
            if number >= 0:
                figures[engine].append(figure)
        if sys.stderr.isatty():
            print(f"\rround {number + 1} of {rounds} ", end="", file=sys.stderr, flush=True)
    return figures


def summary(figures):
    result = {}
    for index, what in enumerate(("wall_ms", "cpu_ms")):
        values = {engine: [figure[index] for figure in figures[engine]] for engine in ENGINES}
        median = {engine: statistics.median(values[engine]) for engine in ENGINES}
        mean = {engine: statistics.mean(values[engine]) for engine in ENGINES}
        result[what] = {**{f"{engine}_median": round(median[engine], 2) for engine in ENGINES},
                        **{f"{engine}_min": round(min(values[engine]), 2) for engine in ENGINES},
                        "ratio_of_medians": round(median["worker"] / median["inprocess"], 4),
                        "ratio_of_means": round(mean["worker"] / mean["inprocess"], 4),
                        "ratio_of_minima": round(min(values["worker"]) / min(values["inprocess"]), 4)}
    return result


def report(path, result, file, rounds):
    rows = "".join(f"| {what} | {r['worker_median']} | {r['inprocess_median']} | {r['ratio_of_medians']} | {r['ratio_of_means']} | {r['ratio_of_minima']} |\n"
                   for what, r in result.items() if what != "engine_only")
    engine = result["engine_only"]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(
        "# Overhead of image workers\n\n"
        f"{rounds} uploads of {Path(file).name} ({os.path.getsize(file)} bytes) to each of two services, in turn; one client; "
        f"{os.cpu_count()} cores. `./dev bench worker-overhead {Path(file).name}`.\n\n"
        "| | engine=worker, median | engine=inprocess, median | ratio of medians | of means | of minima |\n|---|---|---|---|---|---|\n"
        f"{rows}\n"
        f"Image work alone (header, main picture, thumbnail), {engine['rounds']} rounds in turn in one process: "
        f"{engine['worker_ms']} against {engine['process_ms']} ms median, {engine['worker_min_ms']} against {engine['process_min_ms']} ms at best; "
        f"ratio of medians {engine['ratio_of_medians']}, of minima {engine['ratio_of_minima']}, median difference {engine['median_difference_ms']} ms.\n")


def main():
    options = options_of(sys.argv[1:])
    picture = Path(options.file).read_bytes()
    with server.Server(options.program, ["--engine", "worker"]) as worker, \
         server.Server(options.program, ["--engine", "inprocess"]) as inprocess:
        result = summary(measure({"worker": worker, "inprocess": inprocess}, picture, options.rounds))
    bench = Path(options.program).parent / "tintype_worker_overhead_bench"
    result["engine_only"] = json.loads(subprocess.run([bench, options.file, str(options.rounds)], check=True, stdout=subprocess.PIPE).stdout)
    report(options.output, result, options.file, options.rounds)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
