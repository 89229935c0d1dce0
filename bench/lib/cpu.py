"""CPU time and cores of processes."""

import contextlib
import os
from pathlib import Path

import processes

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
UTIME, CUTIME = 11, 13  # fields of /proc/PID/stat after the name, see proc(5)


def _ticks(pid, fields):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return sum(map(int, stat[UTIME:UTIME + fields]))


def seconds(pid):
    """User and system time of a process with all its threads, and of all below it, ended ones too."""
    return TICK_SECONDS * (_ticks(pid, 4) + sum(_ticks(child.pid, 4) for child in processes.below(pid)))


@contextlib.contextmanager
def on_core(core):
    """What is started inside runs on this core only; None: on any."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
