"""Uploads that may fail, from a process of its own: load that is more than a service can do, and clients that try again.

- offered: uploads are due at a fixed rate, each over a connection of its own, however many are not answered yet. So the
  service hears of each when it is due, and each is measured from then.
- storm: each client has one upload with one Idempotency-Token, cuts it off after a time-out, and tries again with it.

As a program (python3 -m lib.upload_attempts) it reads its plan from standard input and prints what came of it.
"""

import http.client
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]
ANSWER_SECONDS, GRACE_SECONDS = 120, 300
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 4.0


def attempt(address, headers, body, seconds):
    """One upload on a new connection, cut off after `seconds`: {"status", "retry_after", "id", "code"}; the status is None without an answer."""
    end = time.monotonic() + seconds
    connection = http.client.HTTPConnection(address, timeout=seconds)
    try:
        try:
            connection.request("POST", "/images", body, headers)
        except (BrokenPipeError, ConnectionResetError):
            if connection.sock is None:  # else the answer came before the body's end
                raise
        connection.sock.settimeout(max(0.001, end - time.monotonic()))
        response = connection.getresponse()
        answer = json.loads(response.read() or "{}")
        return {"status": response.status, "retry_after": response.headers.get("Retry-After"), "id": answer.get("imageId"), "code": answer.get("code")}
    except (OSError, http.client.HTTPException, ValueError) as error:
        return {"status": None, "error": type(error).__name__}
    finally:
        connection.close()


def joined(threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def offered(plan, body):
    """[{"due": seconds from the start, "seconds", …}]"""
    start, samples = plan["start"], []

    def send(due):
        time.sleep(max(0.0, start + due - time.monotonic()))
        answer = attempt(plan["address"], plan["headers"], body, ANSWER_SECONDS)
        samples.append({"due": due, "seconds": time.monotonic() - start - due, **answer})

    joined([threading.Thread(target=send, args=(number / plan["rate"],)) for number in range(round(plan["rate"] * plan["seconds"]))])
    return samples


def named(body, name):
    """The form with another file name, by which its record is known afterwards."""
    head, _, rest = body.partition(b'filename="')
    return head + b'filename="' + name.encode() + rest[rest.index(b'"'):]


def storm(plan, body):
    """[[attempts of a client, one after the other]]"""
    clients = [[] for _ in range(plan["clients"])]

    def persist(number):
        own, headers = named(body, f"{number}.jpg"), {**plan["headers"], "Idempotency-Token": f"storm-{number:04d}"}
        dice = random.Random(number)
        for tried in range(plan["retries"] + 1):
            answer = attempt(plan["address"], headers, own, plan["timeout"])
            clients[number].append(answer)
            if answer["status"] in (200, 201):
                return
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**tried) * dice.uniform(0.5, 1)
            time.sleep(max(pause, min(LONGEST_PAUSE, float(answer.get("retry_after") or 0))))

    joined([threading.Thread(target=persist, args=(number,)) for number in range(plan["clients"])])
    return clients


class Sending:
    """The load runs from the start of the `with` block on; `result` waits for its end."""

    def __init__(self, kind, target, headers, form, seconds, **plan):
        self.limit = seconds + ANSWER_SECONDS + GRACE_SECONDS
        self.plan = {"kind": kind, "address": target.address, "headers": headers, "form": str(form), "seconds": seconds, "start": time.monotonic() + 0.5, **plan}

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, "-m", "lib.upload_attempts"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps(self.plan) + "\n")
        self.process.stdin.flush()
        return self

    def __exit__(self, *_):
        self.process.kill()  # does nothing once it has ended
        self.process.communicate()

    def result(self):
        output, _ = self.process.communicate(timeout=self.limit)
        if self.process.returncode != 0:
            sys.exit("the load failed, see above")
        return json.loads(output)


def lone(target, headers, form):
    """(seconds, answer) of one upload."""
    body, started = Path(form).read_bytes(), time.monotonic()
    answer = attempt(target.address, headers, body, ANSWER_SECONDS)
    return time.monotonic() - started, answer


if __name__ == "__main__":
    wanted = json.loads(sys.stdin.readline())
    threading.stack_size(256 * 1024)  # there are hundreds
    print(json.dumps({"offered": offered, "storm": storm}[wanted["kind"]](wanted, Path(wanted["form"]).read_bytes())))
