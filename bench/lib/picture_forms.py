"""The pictures of the benchmark of uploads, as the forms that carry them: JPEGs of 12 and 24 MP, and a PNG."""

import os
import subprocess
import sys

from . import node, service

KINDS = {"jpeg-12": "JPEG, 12 MP", "jpeg-24": "JPEG, 24 MP", "png": "PNG, 4 MP"}
MIX = ("jpeg-12", "jpeg-12", "png", "jpeg-12", "jpeg-24")
MAKE_SECONDS = 300


def made(work, photos):
    """{kind: {"file", "form"}}: scaled from the photographs, or made up where there are none."""
    command = ["node", node.SOURCE / "make_photos.mjs", work, *photos]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=MAKE_SECONDS)
    if done.returncode != 0:
        sys.exit(f"the pictures could not be made:\n{done.stderr[-2000:]}")
    return {kind: {"file": path, "form": form_of(path, work), "bytes": os.path.getsize(path)} for kind in KINDS for path in work.glob(f"{kind}.[jp]*")}


def form_of(path, work):
    """The file that holds the form with this picture."""
    head = (f'--{service.BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
            f'Content-Type: image/{path.suffix[1:].replace("jpg", "jpeg")}\r\n\r\n')
    form = work / (path.stem + ".form")
    form.write_bytes(head.encode() + path.read_bytes() + f"\r\n--{service.BOUNDARY}--\r\n".encode())
    return form


def forms(pictures, kind):
    return [pictures[each]["form"] for each in (MIX if kind == "mix" else (kind,))]
