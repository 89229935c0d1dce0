"""How long a launcher runs: until its standard input ends, a signal comes, or a process that it watches has ended."""

import os
import select
import signal
import sys


class Lifetime:
    """Watches for the end from its creation on, so that an engine is not started to the end for a caller that is gone.

    While another process is watched (`until_pid`), standard input means nothing.
    """

    def __init__(self, until_pid):
        self._poll = select.poll()
        self._signals, wakeup = os.pipe()
        os.set_blocking(wakeup, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: None)
        self._poll.register(self._signals, select.POLLIN)
        self._input = None
        self._caller = None
        self._over = False
        self._watch_caller(until_pid)

    def _watch_caller(self, until_pid):
        if until_pid is None:
            self._input = sys.stdin.fileno()
            self._poll.register(self._input, select.POLLIN)
            return
        try:
            self._caller = os.pidfd_open(until_pid)
        except ProcessLookupError:
            self._over = True
            return
        self._poll.register(self._caller, select.POLLIN)

    def over(self, seconds=0.0):
        """Whether it is time to stop; waits up to `seconds` for it."""
        if not self._over:
            self._over = self._ends(self._poll.poll(seconds * 1000))
        return self._over

    def wait(self, processes):
        """Waits until it is time to stop (None), or until one of the processes ends (that one)."""
        watched = {}
        for process in processes:
            if process.has_ended():
                return process
            watched[os.pidfd_open(process.pid)] = process
        for descriptor in watched:
            self._poll.register(descriptor, select.POLLIN)
        while not self._over:
            events = self._poll.poll()
            if self._ends(events):
                self._over = True
                break
            for descriptor, _ in events:
                if descriptor in watched:
                    return watched[descriptor]
        return None

    def _ends(self, events):
        for descriptor, _ in events:
            if descriptor in (self._signals, self._caller):
                return True
            if descriptor == self._input and not os.read(self._input, 4096):
                return True
        return False
