"""Photographs to send: files that are given, or JPEGs of 12 megapixels made with libvips, which tintype needs anyway.

As a program it makes one: usage: jpegs.py PATH SEED
"""

import ctypes
import os
import random
import subprocess
import sys
from pathlib import Path

LIBRARY = "libvips.so.42"
WIDTH, HEIGHT, BANDS, UCHAR = 4240, 2832, 3, 0
BLUR, GAIN, QUALITY = 3.0, 8.0, 80  # about as much to decode and to encode as a photograph, in 4 MB


def _call(vips, name, *arguments):
    """An operation of libvips with its variable arguments, whose list NULL ends."""
    if getattr(vips, name)(*arguments, None) != 0:
        vips.vips_error_buffer.restype = ctypes.c_char_p
        sys.exit(f"{name} failed: {vips.vips_error_buffer().decode(errors='replace')}")


def make(path, seed):
    """Writes a JPEG of blurred noise, the same for the same seed, and leaves the rest to the end of the process."""
    vips = ctypes.CDLL(LIBRARY)
    vips.vips_init(b"bench")
    new = vips.vips_image_new_from_memory
    new.restype, new.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_size_t, *[ctypes.c_int] * 4]
    pixels = random.Random(seed).randbytes(WIDTH * HEIGHT * BANDS)
    noise = ctypes.c_void_p(new(pixels, len(pixels), WIDTH, HEIGHT, BANDS, UCHAR))
    blurred, stretched, picture = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    _call(vips, "vips_gaussblur", noise, ctypes.byref(blurred), ctypes.c_double(BLUR))
    _call(vips, "vips_linear1", blurred, ctypes.byref(stretched), ctypes.c_double(GAIN), ctypes.c_double(128 - 128 * GAIN))
    _call(vips, "vips_cast", stretched, ctypes.byref(picture), ctypes.c_int(UCHAR))
    _call(vips, "vips_jpegsave", picture, str(path).encode(), b"Q", ctypes.c_int(QUALITY))


def make_files(work, count):
    """The paths of `count` photographs that are made in `work`."""
    files = [Path(work, f"photo-{seed}.jpg") for seed in range(count)]
    for seed, path in enumerate(files):
        subprocess.run([sys.executable, __file__, path, str(seed)], check=True)
    return files


def load(files, work, count=2):
    """[bytes] of the files, or of `count` photographs that are made in `work`."""
    return [Path(file).read_bytes() for file in files or make_files(work, count)]


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]))
    os._exit(0)  # libvips would wait for its idle threads
