"""Pictures for the tests: real photographs from a Debian package, and files that only look like pictures.

No photograph is kept in the repository. What a browser or a camera would never write is made here, byte by byte.
"""
import io
import pathlib
import struct
import zlib

import PIL.Image
import pytest

# forensics-samples-files: pictures of a phone (4000 x 3000, EXIF), of a camera (1280 x 960) and of a scanner.
SAMPLES = pathlib.Path("/usr/share/forensics-samples/original-files")
ORIENTATION = 0x0112


def sample(name):
    path = SAMPLES / name
    if not path.exists():
        pytest.fail(f"{path} is missing: ./dev deps test installs it", pytrace=False)
    return path.read_bytes()


def phone():
    """6 MB, 4000 x 3000, upright."""
    return sample("pic2/IMG_20191224_234846.jpg")


def upside_down():
    """2.7 MB, 4000 x 3000, taken with the phone upside down: EXIF orientation 3."""
    return sample("pic2/IMG_20200124_231153.jpg")


def camera():
    """0.7 MB, 1280 x 960, progressive."""
    return sample("pic1/IMG_1054.JPG")


def png():
    return sample("pic1/debian.png")


def turned(photo, orientation):
    """The same photograph with another EXIF orientation: only the tag's two bytes change, no pixel does."""
    start = photo.index(b"Exif\0\0") + 6
    order = "<" if photo[start:start + 2] == b"II" else ">"
    table = start + struct.unpack_from(order + "I", photo, start + 4)[0]
    for i in range(struct.unpack_from(order + "H", photo, table)[0]):
        entry = table + 2 + 12 * i
        if struct.unpack_from(order + "H", photo, entry)[0] == ORIENTATION:
            changed = bytearray(photo)
            struct.pack_into(order + "H", changed, entry + 8, orientation)
            return bytes(changed)
    raise AssertionError("this photograph has no EXIF orientation")


def open_image(data):
    image = PIL.Image.open(io.BytesIO(data))
    image.load()
    return image


def difference(one, other):
    """Mean difference of two pictures' brightness, 0 to 255, both shrunk to the same small size."""
    small = [list(picture.convert("L").resize((32, 32), PIL.Image.Resampling.BOX).getdata()) for picture in (one, other)]
    return sum(abs(a - b) for a, b in zip(*small)) / len(small[0])


def png_chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png_file(width, height, pixels):
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def bomb(side=30_000):
    """A valid PNG of 30,000 x 30,000 black pixels in about 110 KB."""
    packer = zlib.compressobj(9)
    row = b"\0" + bytes((side + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return _png_file(side, side, packed)


def no_pixels():
    """A PNG whose header says 0 x 0."""
    return _png_file(0, 0, zlib.compress(b""))


def truncated():
    """The first half of a photograph."""
    whole = camera()
    return whole[:len(whole) // 2]
