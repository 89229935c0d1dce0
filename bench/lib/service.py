"""tintype as benchmarks run it: on copies of one data directory, so that all instances answer with the same bytes."""

import shlex
import sys

import pictures
import server

# Otherwise the URLs in a record would tell the instances apart.
PUBLIC_URL = ["--public-url", "http://127.0.0.1:8080"]

FIELDS = {
    "title": "Evening sky over the harbour", "albumId": "holiday-2025",
    "description": "Taken from the roof a few minutes after sunset, looking west; the two cranes were moved the week after.",
    "altText": "A red and violet evening sky behind the dark outlines of two harbour cranes.",
}
TAGS = ("sky", "evening", "harbour", "cranes")
BOUNDARY = "tintype-bench-boundary"


def start(program, data, flags):
    return server.Server(program, [*PUBLIC_URL, *flags], data=str(data))


def flags_of(text, redis_url):
    """The flags in a string as a shell would read it, with {redis} filled in."""
    return [word.replace("{redis}", redis_url) for word in shlex.split(text)]


def form(picture):
    parts = [*FIELDS.items(), *(("tags", tag) for tag in TAGS)]
    text = "".join(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts)
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="evening-sky.png"\r\nContent-Type: image/png\r\n\r\n'
    return (text + head).encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()


def bearer(program, user):
    return f"Bearer {server.user_token(program, user)}"


def upload(client, authorization, seed):
    """The record of a small picture with all fields that a user gives."""
    headers = {"Authorization": authorization, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = client.request("POST", "/images", form(pictures.small_png(seed)), headers)
    if answer.status != 201:
        sys.exit(f"an upload was answered {answer.name()}: {answer.body[:300]}")
    return answer.json()


def fill(program, data, users, progress=lambda done: None):
    """A new data directory with a picture of each of the users. Returns {user: its record's id}."""
    ids = {}
    with start(program, data, []) as service:
        client = service.client(60)
        for number, user in enumerate(users):
            ids[user] = upload(client, bearer(program, user), number)["imageId"]
            progress(number + 1)
        client.close()
    return ids


def get(address, path, headers):
    client = server.Client(address, "", 10)
    answer = client.request("GET", path, headers=headers)
    client.close()
    return answer
