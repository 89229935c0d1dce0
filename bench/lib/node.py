"""The services on Node that tintype is measured beside (peers/node)."""

import contextlib
import json
import os
import subprocess
import tempfile

from . import ROOT
from .child import Child

SOURCE, INSTALLED = ROOT / "bench/peers/node", ROOT / "build/peers/node"


def _announced(said):
    line = next((line for line in said.splitlines() if line.startswith('{"port":')), None)
    return line and json.loads(line)


@contextlib.contextmanager
def serving(script, **settings):
    """A server of peers/node with `settings` as environment variables. Gives the process, which has `address`."""
    environment = {**os.environ, "NODE_ENV": "production", **settings}
    with tempfile.TemporaryDirectory(prefix="tintype-node-") as directory:
        with Child(script, ["node", SOURCE / script], f"{directory}/log", _announced, environment) as child:
            child.address = f"127.0.0.1:{child.said['port']}"
            yield child


def versions(*packages):
    """{"node": …, package: …}"""
    found = {"node": subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()}
    for package in packages:
        found[package] = json.loads((INSTALLED / "node_modules" / package / "package.json").read_text())["version"]
    return found
