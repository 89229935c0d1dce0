"""What `bench/reads.py` reads: a blob beside nginx, pages of lists of few and of many images, and records from the store."""

import contextlib
import random
import shutil

import pictures
import server

from . import nginx, record_rows, service
from .read_turns import Target, in_turns

USER = "bench"
BLOB_SIDE, BLOB_LEVELS = 850, 40  # noise that WebP keeps about 200 KB of
PAGE, PLACES = 20, 1000
FEW = 1000
PAGE_TITLES = {"first": "first page", "middle": "page in the middle", "anywhere": "pages at random"}
BLOB_FIELDS = ("Cache-Control", "X-Content-Type-Options")  # nginx adds the others by itself
# Answers come from the store. The records that are not uploaded have no blobs: nobody shall look for them meanwhile.
FLAGS = ["--cache", "none", "--verify-interval", "0s"]


class Stage:
    """What scenarios need: the options, a directory, and where to run."""

    def __init__(self, options, work, place, say):
        self.options, self.work, self.place, self.say = options, work, place, say
        self.authorization = {"Authorization": service.bearer(options.program, USER)}

    def tintype(self, data):
        """On a data directory. To be entered."""
        with self.place.for_server():
            return service.start(self.options.program, data, ["--io-threads", str(self.place.threads), *FLAGS])

    def in_turns(self, targets, connections):
        return in_turns(targets, self.place, connections, self.options, self.say)


def picture():
    noise, side = random.Random(1), BLOB_SIDE
    levels = bytes(100 + value * BLOB_LEVELS // 256 for value in range(256))
    return pictures.png(side, side, b"".join(b"\0" + noise.randbytes(side * 3).translate(levels) for _ in range(side)))


def upload_large(process, authorization):
    """The record of a picture that is about 200 KB once stored."""
    client = server.Client(process.address, "", 60)
    headers = {**authorization, "Content-Type": f"multipart/form-data; boundary={service.BOUNDARY}"}
    answer = client.request("POST", "/images", service.form(picture()), headers)
    client.close()
    if answer.status != 201:
        raise SystemExit(f"an upload was answered {answer.name()}: {answer.body[:300]}")
    return answer.json()


def has_body(body):
    return lambda answer: answer.body == body


def blob(stage):
    """(figures, what they are of)"""
    with contextlib.ExitStack() as stack:
        tintype = stack.enter_context(stage.tintype(stage.work / "blob"))
        path = "/blobs/" + upload_large(tintype, stage.authorization)["imageUrl"].partition("/blobs/")[2]
        stored = service.get(tintype.address, path, {})
        fields = {name: stored.headers[name] for name in BLOB_FIELDS}
        with stage.place.for_server():
            peer = stack.enter_context(nginx.serving({path: stored.body}, stage.place.threads, stored.headers["Content-Type"], fields))
        targets = []
        for name, title, process in (("tintype", "tintype, blob", tintype), ("nginx", "nginx, the same bytes", peer)):
            etag = service.get(process.address, path, {}).headers["ETag"]  # that of nginx is of its own making
            targets += [Target(f"{name}-200", title, process, path, {}, 200, has_body(stored.body)),
                        Target(f"{name}-304", f"{title}: 304", process, path, {"If-None-Match": etag}, 304)]
        targets.sort(key=lambda target: target.status)  # each beside its like
        return stage.in_turns(targets, stage.options.connections), {"blob_bytes": len(stored.body)}


def record(stage):
    with stage.tintype(stage.work / "record") as tintype:
        path = "/images/" + upload_large(tintype, stage.authorization)["imageId"]
        answer = service.get(tintype.address, path, stage.authorization)
        targets = [Target("record-200", "tintype, record", tintype, path, stage.authorization, 200, has_body(answer.body)),
                   Target("record-304", "tintype, record: 304", tintype, path, {**stage.authorization, "If-None-Match": answer.headers["ETag"]}, 304)]
        return stage.in_turns(targets, stage.options.connections), {"record_bytes": len(answer.body)}


def starts_after(places, index):
    """Whether a page, newest first, has what follows the image at that place."""
    wanted = [image for _, image in reversed(places[max(0, index - PAGE):index])]
    return lambda answer: [image["imageId"] for image in answer.json()["images"]] == wanted


def pages(stage, process, label, count, places):
    """{kind: Target}: the first page, the one in the middle, and pages after images at random."""
    first = f"/images?limit={PAGE}"
    cursor = service.get(process.address, first, stage.authorization).json()["pagination"]["nextCursor"]

    def after(index):
        return f"{first}&cursor={record_rows.cursor_at(cursor, places[index])}"

    middle, chance = count // 2, random.Random(count)
    anywhere = [chance.randrange(PAGE, count) for _ in range(PLACES)]
    file = stage.work / f"paths-{label}"
    file.write_text("".join(after(index) + "\n" for index in anywhere))
    wanted = {"first": (first, count, None), "middle": (after(middle), middle, None), "anywhere": (after(anywhere[0]), anywhere[0], file)}
    return {kind: Target(f"{kind}-{label}", f"{PAGE_TITLES[kind]} of {count:,}", process, path, stage.authorization, 200, starts_after(places, index), paths)
            for kind, (path, index, paths) in wanted.items()}


def lists(stage):
    seed, found = stage.work / "seed", []
    service.fill(stage.options.program, seed, [USER])
    with contextlib.ExitStack() as stack:
        for label, count in (("few", FEW), ("many", stage.options.images)):
            data = stage.work / label
            shutil.copytree(seed, data)
            places = record_rows.multiply(data / "tintype.db", count, lambda done: stage.say(f"  {done:,} records of {count:,}"))
            found.append(pages(stage, stack.enter_context(stage.tintype(data)), label, count, places))
        targets = [each[kind] for kind in PAGE_TITLES for each in found]  # each beside its like
        size = len(service.get(targets[0].server.address, targets[0].path, stage.authorization).body)
        return stage.in_turns(targets, stage.options.list_connections), {"page_bytes": size}
