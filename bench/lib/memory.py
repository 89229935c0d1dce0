"""Memory of a process with all below it: the sum of their PSS, which counts a page that several share once."""

import contextlib
import threading

import processes

EVERY_SECONDS = 0.1


def mebibytes(pid):
    found = filter(None, (processes.memory(each) for each in [pid, *(child.pid for child in processes.below(pid))]))
    return sum(each["rss"] if each["pss"] is None else each["pss"] for each in found) / 2**20


@contextlib.contextmanager
def watched(pid):
    """Looks ten times a second while the context is open. Gives a dict that holds "peak" in MiB."""
    seen, stop = {"peak": 0.0}, threading.Event()

    def watch():
        while not stop.is_set():
            seen["peak"] = max(seen["peak"], mebibytes(pid))
            stop.wait(EVERY_SECONDS)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
