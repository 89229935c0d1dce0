"""Clients whose server is killed again and again: what each does with an upload, and what it was told about it."""

import hashlib
import random
import threading
import time
from collections import Counter

import pictures

ABANDONED, TWINS, SENT_AGAIN, DELETED = 0.15, 0.2, 0.25, 0.3
LARGE, LARGE_PIXELS = 0.15, 150_000
CLIENT_SECONDS = 30
SHORTEST_PAUSE, LONGEST_PAUSE = 0.01, 0.1
MAY_BE_SENT_AGAIN = (None, 409, 503)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def picture(seed):
    """Another seed gives another picture."""
    large = random.Random(f"size {seed}").random() < LARGE
    return pictures.large_png(seed, LARGE_PIXELS) if large else pictures.small_png(seed)


class Upload:
    """What clients were told about one token; all that they are told must agree. Several threads may have sent it."""

    def __init__(self, token, content_sha256):
        self.token, self.content_sha256, self.lock = token, content_sha256, threading.Lock()
        self.record, self.pictures, self.deleted, self.abandoned = None, None, False, False
        self.created = 0

    def told(self, answer, promises):
        """An answer with 200 or 201."""
        record = answer.json()
        with self.lock:
            self.created += answer.status == 201
            created, first = self.created, self.record or record
            self.record = first
        promises.expect(created <= 1, f"token {self.token} was answered 201 more than once")
        promises.expect(record == first, f"token {self.token} was answered {first} and then {record}")
        promises.expect(record.get("contentSha256") == self.content_sha256, f"token {self.token} gave an image of another file")
        replayed = answer.headers.get("Idempotency-Replayed") == "true"
        promises.expect(replayed == (answer.status == 200), f"token {self.token}: {answer.status}, and replayed is {replayed}")

    def keys(self):
        return [self.record["s3Key"], self.record["thumbnailKey"]]


class Clients:
    """Each call of `work` is one client, with a thread of its own, until `ended`; what it has begun then, it finishes."""

    def __init__(self, service, options, promises):
        self.service, self.options, self.promises = service, options, promises
        self.lock, self.uploads, self.answers, self.counts = threading.Lock(), [], Counter(), Counter()
        self.calm_since = None  # set once the server is left alone: from then on patience counts

    def work(self, number, ended):
        client, story = self.service.client(CLIENT_SECONDS), 0
        while not ended.is_set():
            rng = random.Random(f"{self.options.seed} {number} {story}")
            self.tell_story(client, f"{self.options.seed}-{number}-{story}", rng)
            story += 1
        client.close()

    def tell_story(self, client, token, rng):
        image = picture(token)
        upload = Upload(token, sha256(image))
        with self.lock:
            self.uploads.append(upload)
        if rng.random() < ABANDONED:
            upload.abandoned = True
            self.send(client, upload, image)
            return
        twin = self.twin(upload, image, rng.random()) if rng.random() < TWINS else None
        self.send_until_stored(client, upload, image, rng)
        if twin:
            twin.join()
        if upload.record:
            self.use(client, upload, image, rng)

    def twin(self, upload, image, seed):
        """The same upload at the same time, by another connection."""

        def send():
            client = self.service.client(CLIENT_SECONDS)
            self.send_until_stored(client, upload, image, random.Random(seed))
            client.close()

        thread = threading.Thread(target=send)
        thread.start()
        self.count("twins")
        return thread

    def use(self, client, upload, image, rng):
        """What a client does with a picture that it knows to be stored."""
        upload.pictures = [self.fetch(client, key, rng) for key in upload.keys()]
        if rng.random() < SENT_AGAIN:
            self.count("sent_again")
            self.send_until_stored(client, upload, image, rng)
        if rng.random() < DELETED:
            path = "/images/" + upload.record["imageId"]
            upload.deleted = self.until(lambda: client.request("DELETE", path), (204,), rng) is not None

    def send(self, client, upload, image):
        answer = client.request("POST", "/images", image, {"Idempotency-Token": upload.token})
        with self.lock:
            self.answers[answer.name()] += 1
        if answer.status in (200, 201):
            upload.told(answer, self.promises)
        return answer

    def send_until_stored(self, client, upload, image, rng):
        self.until(lambda: self.send(client, upload, image), (200, 201), rng)

    def fetch(self, client, key, rng):
        """The SHA-256 of its bytes, None if it cannot be had."""
        answer = self.until(lambda: client.request("GET", "/blobs/" + key), (200,), rng)
        return sha256(answer.body) if answer else None

    def until(self, ask, wanted, rng):
        """Asks until the answer has a status that is wanted, and again after what a client may hope to pass. None if it does not."""
        while (answer := ask()).status not in wanted:
            if answer.status not in MAY_BE_SENT_AGAIN or self.out_of_patience():
                self.promises.expect(False, f"a client waited for {wanted}, and gave up at {answer.name()}: {answer.body[:300]}")
                return None
            time.sleep(rng.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))
        return answer

    def out_of_patience(self):
        return self.calm_since is not None and time.monotonic() - self.calm_since > self.options.patience

    def count(self, what):
        with self.lock:
            self.counts[what] += 1
