"""nginx in the foreground, serving files from a temporary directory: the most that a machine can do (peers/nginx)."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import ROOT
from .child import Child, accepts, free_port

TEMPLATE = ROOT / "bench/peers/nginx/nginx.conf.in"
PROGRAM = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")

RECORD_HEADERS = {"Cache-Control": "private, no-cache"}


def filled(template, **values):
    for name, value in values.items():
        template = template.replace("{%s}" % name, str(value))
    return template


@contextlib.contextmanager
def serving(files, workers, content_type="application/json", headers=RECORD_HEADERS):
    """files: {path: bytes}, all with the same type and headers. Gives the process, which has `address`."""
    with tempfile.TemporaryDirectory(prefix="tintype-nginx-") as directory:
        for path, content in files.items():
            file = Path(directory, "files", path.lstrip("/"))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        port, config = free_port(), Path(directory, "nginx.conf")
        # As root, nginx would read the files as somebody who may not enter this directory.
        user = "user root;" if os.geteuid() == 0 else ""
        added = " ".join(f'add_header {name} "{value}";' for name, value in headers.items())
        config.write_text(filled(TEMPLATE.read_text(), directory=directory, port=port, workers=workers, user=user, type=content_type, headers=added))
        command = [PROGRAM, "-p", directory, "-c", config]
        with Child("nginx", command, f"{directory}/log", lambda _: accepts(port)) as child:
            child.address = f"127.0.0.1:{port}"
            yield child


def version():
    return subprocess.run([PROGRAM, "-v"], capture_output=True, text=True).stderr.strip().rpartition("/")[2]
