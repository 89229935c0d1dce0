"""What /proc tells about the server's process and those below it. A process is named by pid and start time, as a pid alone is
used again."""

import os
import re
import signal
import time
from collections import Counter, namedtuple
from pathlib import Path

WORKER, ZYGOTE = "image-worker", "worker-zygote"

Process = namedtuple("Process", "pid parent comm started")


def read_process(pid):
    """None if there is no such process, or only what its parent has not yet reaped."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # comm may hold spaces and parentheses; the fields start after the last one.
    head, _, tail = text.rpartition(")")
    fields = tail.split()
    if fields[0] in "ZX":
        return None
    return Process(int(pid), int(fields[1]), head.partition("(")[2], int(fields[19]))


def below(pid):
    """All processes that descend from `pid`."""
    children = {}
    for process in filter(None, map(read_process, filter(str.isdigit, os.listdir("/proc")))):
        children.setdefault(process.parent, []).append(process)
    found, waiting = [], [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.append(child)
            waiting.append(child.pid)
    return found


def named(pid, comm):
    return [process for process in below(pid) if process.comm == comm]


def workers(pid):
    return named(pid, WORKER)


def kill(process):
    """SIGKILL to exactly this process; False if it is gone already. The pidfd keeps the pid from meaning another one between
    look and signal."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        now = read_process(process.pid)
        if now is None or now.started != process.started:
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)


def still_there(processes):
    return [process for process in processes if (now := read_process(process.pid)) and now.started == process.started]


# A store opens its connections when they are first wanted, up to a handful: no leak, but it would look like one.
DATABASE = re.compile(r"\.db(-wal|-shm)?$")


def open_files(pid):
    """How many descriptors of each kind the process has, those of databases left out; None if that may not be read, or the process is gone."""
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return None
    kinds = Counter()
    for name in names:
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            target = "closed meanwhile"
        if DATABASE.search(target):
            continue
        kinds[target.split(":[")[0].replace(" (deleted)", "")] += 1
    return kinds


def fd_count(pid):
    kinds = open_files(pid)
    return None if kinds is None else sum(kinds.values())


def rss_bytes(pid):
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def memory(pid):
    """{"rss": bytes, "pss": bytes}; pss is None where the kernel hides it; None if the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        rss = rss_bytes(pid)
        return None if rss is None else {"rss": rss, "pss": None}
    values = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
    return {"rss": values["Rss"], "pss": values["Pss"]} if "Rss" in values else None


def settled(read, accept, seconds, every=0.1):
    """Polls until `accept` likes what `read` gives, at most `seconds`. Returns the last value, liked or not."""
    end = time.monotonic() + seconds
    while not accept(value := read()) and time.monotonic() < end:
        time.sleep(every)
    return value


def stable_fd_count(pid, seconds=10):
    """The count once it has been the same for half a second."""
    seen = []

    def read():
        seen.append(fd_count(pid))
        return seen[-1]

    return settled(read, lambda _: len(seen) >= 6 and len(set(seen[-6:])) == 1, seconds)
