"""The file through which a shared engine is found: its JSON, under a lock as long as the engine runs.

A reader that can lock the file knows that nobody runs the engine any more, also if it was killed: a pid in the file
would say less, because pids are given again.
"""

import fcntl
import os
import pathlib


class Announcement:
    def __init__(self, path, text):
        self._path = pathlib.Path(path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(f".{os.getpid()}.new")
        self._file = open(new, "w", encoding="utf-8")  # closed by the end of the process, and with it the lock
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._file.write(text + "\n")
        self._file.flush()
        new.rename(self._path)

    def withdraw(self):
        self._path.unlink(missing_ok=True)


def is_live(path):
    """Whether somebody runs what the file announces."""
    try:
        with open(path, encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False
