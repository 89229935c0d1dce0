#!/usr/bin/env python3
"""Fails if tintype-worker links anything but image work.

usage: check_worker_link.py <build directory>

The program reads hostile bytes. A decoder that is taken over finds in it only what is linked: this reads the link line
that Ninja uses, and what the finished program asks the loader for (readelf -d).
"""

import pathlib
import re
import subprocess
import sys

PROGRAM = "tintype-worker"

# Our own static libraries that may be in it.
OWN = {"base", "model", "ports", "worker_protocol", "worker_body", "engine_vips"}

# Shared libraries that the program itself may ask for. What libvips asks for in turn is Debian's choice.
SHARED = {"vips", "gobject-2.0", "glib-2.0", "webp", "jpeg", "seccomp", "stdc++", "m", "gcc_s", "c", "pthread", "ld-linux-x86-64",
          "ld-linux-aarch64", "gio-2.0"}

# Named for the message; they are in neither list above.
WHY = {
    "sqlite3": "it could reach the database",
    "curl": "it could reach the network",
    "hiredis": "it could reach Redis",
    "ssl": "it could hold keys",
    "crypto": "it could hold keys",
    "prometheus-cpp-core": "metrics belong to the service",
}


def link_line(build):
    commands = subprocess.run(["ninja", "-C", build, "-t", "commands", "-s", PROGRAM], check=True, capture_output=True, text=True)
    return commands.stdout.strip().splitlines()[-1]


def own_libraries(line):
    return set(re.findall(r"libtintype_(\w+)\.a\b", line))


def needed(build):
    dynamic = subprocess.run(["readelf", "-d", pathlib.Path(build) / PROGRAM], check=True, capture_output=True, text=True)
    return set(re.findall(r"\(NEEDED\).*\[(?:lib)?([^\]]+?)\.so[^\]]*\]", dynamic.stdout))


def problems(own, shared):
    for name in sorted(own - OWN):
        yield f"{PROGRAM} links tintype_{name}"
    for name in sorted(shared - SHARED):
        yield f"{PROGRAM} links {name}: {WHY.get(name, 'add it to tools/check_worker_link.py if image work needs it')}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    own = own_libraries(link_line(sys.argv[1]))
    if "engine_vips" not in own:
        sys.exit(f"the link line of {PROGRAM} was not understood")
    found = list(problems(own, needed(sys.argv[1])))
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
