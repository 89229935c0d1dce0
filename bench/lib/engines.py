"""The services that stand behind what is measured: Ceph RGW, DynamoDB Local, SQS and Redis, each from tests/engines."""

import contextlib
import json
import os
import subprocess
import sys
import urllib.request

from . import ROOT

START = ROOT / "tests/engines/start"


@contextlib.contextmanager
def serving(*arguments):
    """An engine, with what `start` takes. Gives what it says of itself."""
    with subprocess.Popen([START, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as engine:
        line = engine.stdout.readline()
        if not line:
            sys.exit(f"{arguments[0]} did not start, see above")
        yield json.loads(line)
        engine.stdin.close()


class Stores:
    """One of each, up until the stack closes: `s3`, `dynamodb`, `sqs` and `redis` are their endpoints. `slow_s3` is the same Ceph
    behind a proxy that does nothing until `delay_puts`."""

    def __init__(self, stack):
        ceph = stack.enter_context(serving("ceph"))
        proxy = stack.enter_context(serving("faultproxy", "--upstream", str(ceph["port"])))
        self.s3, self.slow_s3, self._control = ceph["endpoint"], proxy["endpoint"], proxy["control"]
        self.dynamodb, self.sqs, self.redis = (stack.enter_context(serving(name))["endpoint"] for name in ("dynamodb", "sqs", "redis"))
        self._credentials = {"AWS_ACCESS_KEY_ID": ceph["access_key"], "AWS_SECRET_ACCESS_KEY": ceph["secret_key"], "AWS_REGION": ceph["region"]}

    def environment(self):
        """For a client of them."""
        return {**os.environ, **self._credentials}

    def delay_puts(self, least_ms, most_ms):
        """Of `slow_s3`, evenly in between."""
        order = {"match": "PUT ", "delay": least_ms, "jitter": most_ms - least_ms}
        urllib.request.urlopen(urllib.request.Request(self._control + "/settings", json.dumps(order).encode(), method="POST"), timeout=10).close()
