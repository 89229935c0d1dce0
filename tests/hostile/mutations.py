"""Ways to damage an image file. All take a random.Random and bytes and give bytes; the same generator state gives the same file.

What blind damage does not reach is what has a check sum or a length of its own before it, so there are mutations that know
the containers: chunks and segments with wrong lengths, dimensions that grew, and PNG check sums made right again, without
which libpng would refuse most damage before it decodes anything."""

import struct
import zlib

import pictures

INTERESTING = [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x3FFF, 0x4000, 0x7FFF, 0x8000,
               0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]
DIMENSIONS = [0, 1, 255, 4096, 8000, 16383, 16384, 30000, 65500, 65535]
SOF_MARKERS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def put(data, offset, piece):
    return data[:offset] + piece + data[offset + len(piece):]


def position(rng, data):
    """Half of all damage goes to the first 512 bytes, where the structure is."""
    end = min(512, len(data)) if rng.random() < 0.5 else len(data)
    return rng.randrange(max(end, 1))


def flip_bits(rng, data):
    result = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        result[position(rng, data)] ^= 1 << rng.randrange(8)
    return bytes(result)


def overwrite(rng, data):
    size, order = rng.choice((1, 2, 4)), rng.choice(("big", "little"))
    value = rng.choice(INTERESTING) & ((1 << 8 * size) - 1)
    return put(data, position(rng, data), value.to_bytes(size, order))[:len(data)]


def truncate(rng, data):
    return data[:max(position(rng, data), 12)]


def block(rng, data):
    start = position(rng, data)
    return start, min(len(data), start + rng.choice((1, 4, 64, 1024, 16384)))


def duplicate_block(rng, data):
    start, end = block(rng, data)
    return data[:end] + data[start:end] * rng.choice((1, 2, 8)) + data[end:]


def remove_block(rng, data):
    start, end = block(rng, data)
    return data[:start] + data[end:]


def png_chunks(data):
    """(offset, length) of each chunk whose content is all there."""
    offset = 8
    while offset + 12 <= len(data):
        length = struct.unpack_from(">I", data, offset)[0]
        if offset + 12 + length > len(data):
            return
        yield offset, length
        offset += 12 + length


def jpeg_segments(data):
    """(offset of the length field, marker) of each segment before the first scan's data."""
    offset = 2
    while offset + 4 <= len(data) and data[offset] == 0xFF:
        marker, length = data[offset + 1], struct.unpack_from(">H", data, offset + 2)[0]
        yield offset + 2, marker
        if marker == 0xDA:
            return
        offset += 2 + max(length, 2)


def webp_chunks(data):
    offset = 12
    while offset + 8 <= len(data):
        yield offset, data[offset:offset + 4]
        length = struct.unpack_from("<I", data, offset + 4)[0]
        offset += 8 + length + length % 2


def length_fields(data):
    """(offset, struct format) of every length in the container."""
    kind = pictures.kind_of(data)
    if kind == "png":
        return [(offset, ">I") for offset, _ in png_chunks(data)]
    if kind == "jpeg":
        return [(offset, ">H") for offset, _ in jpeg_segments(data)]
    return [(4, "<I")] + [(offset + 4, "<I") for offset, _ in webp_chunks(data)] if kind == "webp" else []


def edit_length(rng, data):
    fields = [field for field in length_fields(data) if field[0] + struct.calcsize(field[1]) <= len(data)]
    if not fields:
        return flip_bits(rng, data)
    offset, form = rng.choice(fields)
    most = (1 << 8 * struct.calcsize(form)) - 1
    now = struct.unpack_from(form, data, offset)[0]
    value = rng.choice((now + rng.randint(-16, 16), now * 2, now // 2, rng.choice(INTERESTING)))
    return put(data, offset, struct.pack(form, max(0, min(value, most))))


def grow_png(rng, data):
    if len(data) < 33:
        return data
    offset = rng.choice((16, 20))
    return fix_png_sums(put(data, offset, struct.pack(">I", rng.choice(DIMENSIONS + [1000000, 0x7FFFFFFF]))))


def grow_jpeg(rng, data):
    for offset, marker in jpeg_segments(data):
        if marker in SOF_MARKERS and offset + 7 <= len(data):
            return put(data, offset + rng.choice((3, 5)), struct.pack(">H", rng.choice(DIMENSIONS)))
    return flip_bits(rng, data)


def grow_webp(rng, data):
    """The first chunk's width or height: 14 bits in VP8, 14 bits across bytes in VP8L, 24 bits in VP8X."""
    kind, value = data[12:16], rng.choice(DIMENSIONS)
    if len(data) < 32:
        return data
    if kind == b"VP8 ":
        return put(data, rng.choice((26, 28)), struct.pack("<H", value & 0x3FFF))
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        shift = rng.choice((0, 14))
        return put(data, 21, struct.pack("<I", bits & ~(0x3FFF << shift) | (value & 0x3FFF) << shift))
    return put(data, rng.choice((24, 27)), struct.pack("<I", value)[:3])


def grow_dimensions(rng, data):
    grow = {"png": grow_png, "jpeg": grow_jpeg, "webp": grow_webp}.get(pictures.kind_of(data), overwrite)
    return grow(rng, data)


def fix_png_sums(data):
    result = bytearray(data)
    for offset, length in png_chunks(data):
        end = offset + 8 + length
        struct.pack_into(">I", result, end, zlib.crc32(data[offset + 4:end]))
    return bytes(result)


BLIND = [flip_bits, overwrite, truncate, duplicate_block, remove_block]
KNOWING = [edit_length, grow_dimensions]


def splice(rng, data, other):
    """The beginning of one file and the end of another."""
    return data[:max(position(rng, data), 12)] + other[position(rng, other):]


def draw(rng, bases):
    """Kinds are drawn alike, however many files they have; but what is no accepted type seldom, as it is refused by its first
    bytes."""
    weights = [1 if pictures.kind_of(files[0]) == "other" else 6 for files in bases]
    return rng.choice(rng.choices(bases, weights)[0])


def mutate(rng, bases):
    """One damaged file from `bases`, a list of lists of files, one for each kind."""
    data = draw(rng, bases)
    if rng.random() < 0.1:
        data = splice(rng, data, draw(rng, bases))
    for _ in range(rng.choice((1, 1, 2, 3))):
        if data:
            data = rng.choice(BLIND + KNOWING * 2)(rng, data)
    if pictures.kind_of(data) == "png" and rng.random() < 0.5:
        data = fix_png_sums(data)
    return data
