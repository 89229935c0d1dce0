"""tintype and the image service on Node (peers/node/image_service), on the same S3, DynamoDB, SQS and Redis."""

import contextlib
import os
import subprocess
import sys
import time

import server

from . import machine, node, service

USER = "bench"
DRAIN_SECONDS, POLL_SECONDS, SETUP_SECONDS = 300, 0.02, 120
SERVICE = node.SOURCE / "image_service"


def versions(program):
    return {"tintype": machine.first_line(program, "--version"), **node.versions("fastify", "sharp", "@aws-sdk/client-s3", "ioredis"),
            "redis": machine.redis_version(), "ceph": machine.ceph_version()}


def tuned():
    """The settings with which the Node service was fastest: as many pictures at one time, and threads for each, as cores."""
    return {"UV_THREADPOOL_SIZE": str(os.cpu_count()), "SHARP_CONCURRENCY": str(os.cpu_count())}


class Target:
    """One that is measured. `process` has `address` and `pid`; `bucket` is where it keeps pictures."""

    def __init__(self, name, title, process, bucket=None):
        self.name, self.title, self.address, self.pid, self.bucket = name, title, process.address, process.pid, bucket

    def wait_for_thumbnails(self, identifiers, headers):
        """Until all these pictures are complete, if their thumbnails are made after the answer."""
        client, end = server.Client(self.address, "", 30), time.monotonic() + DRAIN_SECONDS
        for identifier in identifiers:
            while (status := client.request("GET", f"/images/{identifier}", headers=headers).json().get("processingStatus")) != "completed":
                if status == "failed" or time.monotonic() > end:
                    sys.exit(f"{self.name}: image {identifier} is {status or 'not there'}, not completed")
                time.sleep(POLL_SECONDS)
        client.close()


@contextlib.contextmanager
def in_environment(variables):
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Services:
    """Starts both, each with bucket, tables and queue of its own."""

    def __init__(self, stores, options, work):
        self.stores, self.options, self.work, self.number = stores, options, work, 0

    def _name(self, kind):
        self.number += 1
        return f"{kind}-{self.number}"

    def new_tintype(self, flags=(), slow=False):
        """(bucket, data directory, flags) of one that is set up, but not started."""
        own, stores = self._name("tintype"), self.stores
        data = self.work / own
        shared = ["--blobs", "s3", "--s3-endpoint", stores.slow_s3 if slow else stores.s3, "--s3-bucket", own, "--metadata", "dynamodb",
                  "--dynamodb-endpoint", stores.dynamodb, "--dynamodb-table-prefix", f"{own}-", "--queue", "sqs", "--sqs-endpoint", stores.sqs,
                  "--sqs-queue", own, "--cache", "redis", "--redis-url", stores.redis + "/1", "--image-effort", "2", *flags]
        _run([self.options.program, "init", "--data-dir", data, *shared], stores.environment())
        return own, data, shared

    def new_node(self, phase, slow=False, **settings):
        """Environment variables of one that is set up, but not started."""
        own, stores = self._name("node"), self.stores
        settings = {"PHASE": str(phase), "JWT_SECRET": server.SECRET, "REDIS_URL": stores.redis + "/2", "S3_BUCKET": own, "SQS_QUEUE": own,
                    "DYNAMODB_TABLE_PREFIX": own + "-", "AWS_ENDPOINT_URL_S3": stores.slow_s3 if slow else stores.s3,
                    "AWS_ENDPOINT_URL_DYNAMODB": stores.dynamodb, "AWS_ENDPOINT_URL_SQS": stores.sqs, **self.options.node, **settings}
        _run(["node", SERVICE / "setup.mjs"], {**stores.environment(), **settings})
        return settings

    @contextlib.contextmanager
    def tintype(self, name="tintype", title="tintype", flags=(), slow=False):
        bucket, data, shared = self.new_tintype(flags, slow)
        with in_environment(self.stores.environment()), service.start(self.options.program, data, shared) as process:
            yield Target(name, title, process, bucket)

    @contextlib.contextmanager
    def node(self, phase, name=None, title=None, slow=False, **settings):
        settings = self.new_node(phase, slow, **settings)
        with in_environment(self.stores.environment()), node.serving("image_service/server.mjs", **settings) as process:
            yield Target(name or f"node-{phase}", title or f"Node, phase {phase}", process, settings["S3_BUCKET"])

    def keys(self, target):
        """Of all objects in its bucket."""
        environment = {**self.stores.environment(), "S3_BUCKET": target.bucket, "AWS_ENDPOINT_URL_S3": self.stores.s3}
        return _run(["node", SERVICE / "inventory.mjs"], environment).split()


def _run(command, environment):
    done = subprocess.run(list(map(str, command)), env=environment, capture_output=True, text=True, timeout=SETUP_SECONDS)
    if done.returncode != 0:
        sys.exit(f"{command[0]} {command[1]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout
