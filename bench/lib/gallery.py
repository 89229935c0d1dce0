"""What a Redis holds in the benchmark of invalidation: very many keys of others, and one user's pages of galleries."""

import time

from .redis import encoded

BATCH = 1000
LIFETIME_MS = 3_600_000
PREFIX = "gallery:images:user:{user}:"
TAG = "tag:{{user:{user}}}"


def batches(commands):
    """[(commands as Redis wants them, their number)]"""
    return [(b"".join(map(encoded, commands[first:first + BATCH])), len(commands[first:first + BATCH])) for first in range(0, len(commands), BATCH)]


def load_others(redis, count, value_bytes, progress):
    value = b"x" * value_bytes
    for first in range(0, count, BATCH):
        redis.pipeline([("SET", f"image:{number:026d}", value) for number in range(first, min(first + BATCH, count))])
        progress(min(first + BATCH, count))


class Gallery:
    """Pages of one user as tintype keeps them: a key each, and a sorted set of the keys by when they expire
    (src/adapters/cache_redis/cache_commands.h)."""

    def __init__(self, redis, user, entries, value_bytes):
        self.redis, self.pattern, self.tag = redis, PREFIX.format(user=user) + "*", TAG.format(user=user)
        self.keys = [PREFIX.format(user=user) + f"page:{number:06d}" for number in range(entries)]
        expiry = int(time.time() * 1_000_000) + LIFETIME_MS * 1000
        value = f"V{expiry} ".encode() + b"x" * value_bytes
        self.batches = batches([("SET", key, value, "PX", LIFETIME_MS) for key in self.keys])
        scored = [word for key in self.keys for word in (expiry, key)]
        self.batches += batches([("ZADD", self.tag, *scored[first:first + 2 * BATCH]) for first in range(0, len(scored), 2 * BATCH)])

    def create(self):
        for commands, count in self.batches:
            self.redis.send(commands, count)

    def left(self):
        return sum(self.redis("EXISTS", *self.keys[first:first + BATCH]) for first in range(0, len(self.keys), BATCH))

    def delete_by_keys(self):
        """What tintype must never do."""
        if found := self.redis("KEYS", self.pattern):
            self.redis("DEL", *found)
        self.redis("DEL", self.tag)
