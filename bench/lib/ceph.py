"""A Ceph RGW of its own for a benchmark, behind a proxy that is slow on demand (tests/engines)."""

import contextlib
import json
import subprocess
import urllib.request

from . import ROOT

START = ROOT / "tests/engines/start"
BUCKET = "bench"


def _started(stack, *arguments):
    engine = stack.enter_context(subprocess.Popen([START, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    if not (line := engine.stdout.readline()):
        raise SystemExit(f"{arguments[0]} did not start, see above")
    return json.loads(line)


def set_faults(control, **settings):
    order = urllib.request.Request(control + "/settings", json.dumps(settings).encode(), method="POST")
    urllib.request.urlopen(order, timeout=10).close()


@contextlib.contextmanager
def serving(program, data):
    """Gives the flags of tintype for a bucket there, and `control` of the proxy. `data`: a directory for `tintype init`."""
    with contextlib.ExitStack() as stack:
        engine = _started(stack, "ceph")
        proxy = _started(stack, "faultproxy", "--upstream", str(engine["port"]))
        flags = ["--blobs", "s3", "--s3-endpoint", proxy["endpoint"], "--s3-bucket", BUCKET, "--aws-region", "us-east-1",
                 "--aws-access-key-id", engine["access_key"], "--aws-secret-access-key", engine["secret_key"]]
        subprocess.run([program, "init", "--data-dir", data, *flags], check=True, stdout=subprocess.DEVNULL)
        yield flags, proxy["control"]
