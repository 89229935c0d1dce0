"""The pictures of the benchmark of uploads, as the forms that carry them: JPEGs of 12 and 24 MP, and a PNG."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

from . import node, service

KINDS = {"jpeg-12": "JPEG, 12 MP", "jpeg-24": "JPEG, 24 MP", "png": "PNG, 4 MP"}
MIX = ("jpeg-12", "jpeg-12", "png", "jpeg-12", "jpeg-24")
MAKE_SECONDS = 300
MAKER = node.SOURCE / "make_photos.mjs"


def made(work, photos):
    """{kind: {"file", "form"}}: scaled from the photographs, or made up where there are none."""
    folder = work if photos else _made_up()
    if photos:
        _make(work, photos)
    return {kind: {"file": path, "form": form_of(path, work), "bytes": os.path.getsize(path)} for kind in KINDS for path in folder.glob(f"{kind}.[jp]*")}


def _make(folder, photos):
    command = ["node", MAKER, folder, *photos]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=MAKE_SECONDS)
    if done.returncode != 0:
        sys.exit(f"the pictures could not be made:\n{done.stderr[-2000:]}")


def _made_up():
    """Where those are that are made up. They are the same every time, and take longer than some benchmarks, so they are kept."""
    kept = node.INSTALLED.parent / f"pictures-{hashlib.sha256(MAKER.read_bytes()).hexdigest()[:16]}"
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix="making-pictures-", dir=kept.parent)
        try:
            _make(folder, [])
            with contextlib.suppress(OSError):  # another benchmark was faster
                os.rename(folder, kept)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return kept


def form_of(path, work):
    """The file that holds the form with this picture."""
    head = (f'--{service.BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
            f'Content-Type: image/{path.suffix[1:].replace("jpg", "jpeg")}\r\n\r\n')
    form = work / (path.stem + ".form")
    form.write_bytes(head.encode() + path.read_bytes() + f"\r\n--{service.BOUNDARY}--\r\n".encode())
    return form


def forms(pictures, kind):
    return [pictures[each]["form"] for each in (MIX if kind == "mix" else (kind,))]
