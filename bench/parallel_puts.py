#!/usr/bin/python3
"""Uploads to a Ceph RGW whose every PUT takes 300 to 500 ms, as those of S3 often do, with both puts at one time and one
after the other (tintype_parallel_puts_bench.cpp).

usage: tests/engines/with ceph+faults -- bench/parallel_puts.py FILE [FILE ...]
"""

import json
import os
import pathlib
import subprocess
import sys
import urllib.request

DELAY = {"match": "PUT ", "delay": 300, "jitter": 200}
ROOT = pathlib.Path(__file__).resolve().parent.parent


def main(files):
    if not files or "S3_TEST_FAULTS" not in os.environ:
        sys.exit(__doc__)
    order = urllib.request.Request(os.environ["S3_TEST_FAULTS"] + "/settings", json.dumps(DELAY).encode(), method="POST")
    urllib.request.urlopen(order, timeout=10).close()
    print("Every PUT takes 300 ms and up to 200 ms more.\n", flush=True)
    return subprocess.run([ROOT / "build/release/tintype_parallel_puts_bench", *files], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
