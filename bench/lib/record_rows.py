"""Very many records of one user, written into tintype's SQLite file while no server has it open: through uploads they would
take hours. Each is a copy of a record that was uploaded, with an id and a time of its own, and stands in the index of tags."""

import base64
import contextlib
import random
import sqlite3

BATCH = 100_000
APART_MS = 60_000  # one upload in a minute
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEYS = ("main_key", "thumbnail_key")  # hold the id
TIMES = ("created_at", "updated_at", "uploaded_at")
# The file can be made again, so nothing has to survive a crash here. The server sets its own mode when it opens the file.
FAST = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072"


def ulid(milliseconds, chance):
    number = milliseconds << 80 | chance
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def _columns(database):
    """What each column of a copy is: p is its place, m the model."""
    value = {"image_id": "p.id", **{key: f"replace(m.{key}, m.image_id, p.id)" for key in KEYS}, **{time: "p.at" for time in TIMES}}
    names = [row[1] for row in database.execute("PRAGMA table_info (images)")]
    return names, [value.get(name, f"m.{name}") for name in names]


def _add(database, places):
    """A record at each of the places (id, milliseconds)."""
    names, values = _columns(database)
    database.execute("DELETE FROM places")
    database.executemany("INSERT INTO places VALUES (?, ?)", places)
    database.execute(f"INSERT INTO images ({', '.join(names)}) SELECT {', '.join(values)} FROM places AS p CROSS JOIN model AS m")
    database.execute("INSERT INTO image_tags (user_id, tag, uploaded_at, image_id, album_id) SELECT m.user_id, tag.value, p.at, p.id, m.album_id "
                     "FROM model AS m CROSS JOIN json_each(m.tags) AS tag CROSS JOIN places AS p")


def multiply(path, count, progress):
    """The only record in the file becomes the newest of `count`. Returns the places of all (milliseconds, id), oldest first."""
    chance = random.Random(count)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(FAST)
        database.execute("CREATE TEMP TABLE model AS SELECT * FROM images")
        database.execute("CREATE TEMP TABLE places (id TEXT, at INTEGER)")
        (newest, identifier), = database.execute("SELECT uploaded_at, image_id FROM model").fetchall()
        times = [newest - APART_MS * number for number in range(count - 1, 0, -1)]
        places = [(at, ulid(at, chance.getrandbits(80))) for at in times]
        for first in range(0, len(places), BATCH):
            _add(database, [(image, at) for at, image in places[first:first + BATCH]])
            progress(min(first + BATCH, len(places)) + 1)
        database.commit()
    return [*places, (newest, identifier)]


def cursor_at(cursor, place):
    """A cursor of the same listing as `cursor`, after another place: it ends in the milliseconds and the id of one
    (src/http/list_cursor.cpp)."""
    payload = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    at, identifier = place
    moved = payload[:-34] + at.to_bytes(8, "big") + identifier.encode()
    return base64.urlsafe_b64encode(moved).decode().rstrip("=")
