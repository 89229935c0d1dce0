"""What a report says about where and on what it was made."""

import os
import subprocess
import time
from pathlib import Path


def processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown")


def first_line(*command):
    lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    return lines[0].strip() if lines else "unknown"


def redis_version():
    return next((word[2:] for word in first_line("redis-server", "--version").split() if word.startswith("v=")), "unknown")


def ceph_version():
    return first_line("radosgw", "--version").split(" ")[2]


def facts():
    return {"date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "cores": os.cpu_count(), "processor": processor(),
            "kernel": os.uname().release, "load": [round(load, 2) for load in os.getloadavg()]}


def sentence(facts, versions):
    load = " ".join(map(str, facts["load"]))
    programs = ", ".join(f"{name} {version.removeprefix(name).strip()}" for name, version in versions.items())
    return (f"{facts['date']}, {facts['cores']} cores ({facts['processor']}), Linux {facts['kernel']}. {programs}. "
            f"Load average at the end: {load}.")


def told(options):
    """The options of a run without the paths, which are of the machine and not of the measurement."""
    return {name: value for name, value in vars(options).items() if name not in ("program", "output")}
