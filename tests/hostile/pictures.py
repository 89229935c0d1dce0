"""Images to send: PNGs made here, and the files of a corpus."""

import random
import struct
import sys
import zlib
from pathlib import Path

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
SIXTEEN_LEVELS = bytes(value & 0xF0 for value in range(256))


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, rows, colour=2):
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return PNG_SIGNATURE + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows, 1)) + png_chunk(b"IEND", b"")


def small_png(seed):
    """16 to 96 pixels of noise a side; another seed gives other pixels."""
    rng = random.Random(seed)
    width, height = rng.randint(16, 96), rng.randint(16, 96)
    return png(width, height, b"".join(b"\0" + rng.randbytes(width * 3) for _ in range(height)))


def large_png(seed, pixels, colour=2):
    """3:2, in bars of eight equal rows: as much to decode as a photograph, in a file below the limit."""
    rng = random.Random(seed)
    width = round((pixels * 1.5) ** 0.5)
    height, samples = round(pixels / width), {0: 1, 2: 3, 6: 4}[colour]
    bars = [b"\0" + rng.randbytes(width * samples).translate(SIXTEEN_LEVELS) for _ in range(height // 8 + 1)]
    return png(width, height, b"".join(bars[row // 8] for row in range(height)), colour)


def kind_of(data):
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if data[:8] == PNG_SIGNATURE:
        return "png"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else "other"


def corpus_files(folder, most_bytes=None):
    """All image files below `folder`, sorted by name so that a seed means the same everywhere."""
    files = [path for path in sorted(Path(folder).rglob("*")) if path.is_file() and path.suffix not in (".md", ".txt")]
    found = [path.read_bytes() for path in files if most_bytes is None or path.stat().st_size <= most_bytes]
    if not found:
        sys.exit(f"there are no images in {folder}")
    return found
