"""Pictures that nobody should have to open: damaged ones, bombs, and files that are two things at once.

All are made here from a few small pictures of our own, the same ones in every run.
"""
import io
import random
import struct
import zlib

import PIL.Image

import photos

SEED = 20_230_610


def _drawn(size=(96, 64), mode="RGB"):
    """Noise over a gradient: compresses badly, so that a damaged byte damages pixels."""
    noise = random.Random(SEED)
    image = PIL.Image.new("RGB", size)
    image.putdata([((x * 255) // size[0], (y * 255) // size[1], noise.randrange(256)) for y in range(size[1]) for x in range(size[0])])
    return image.convert(mode)


def _saved(form, image=None, **options):
    buffer = io.BytesIO()
    (image or _drawn()).save(buffer, form, **options)
    return buffer.getvalue()


def _frames(count, size):
    return [PIL.Image.new("P", size, i % 2) for i in range(count)]


def sound():
    """What everything else is made of, by name."""
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "camera"
    frames = _frames(5, (32, 32))
    return {
        "baseline.jpg": _saved("JPEG", exif=exif, quality=90),
        "progressive.jpg": _saved("JPEG", progressive=True),
        "cmyk.jpg": _saved("JPEG", _drawn(mode="CMYK")),
        "colour.png": _saved("PNG"),
        "palette.png": _saved("PNG", _drawn(mode="P")),
        "alpha.png": _saved("PNG", _drawn(mode="RGBA")),
        "animated.gif": _saved("GIF", frames[0], save_all=True, append_images=frames[1:]),
        "lossy.webp": _saved("WEBP", quality=70),
        "lossless.webp": _saved("WEBP", lossless=True),
        "plain.tif": _saved("TIFF"),
        "deflated.tif": _saved("TIFF", compression="tiff_deflate"),
    }


def _mutated(data, chance):
    data = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        # More often near the start, where headers are.
        at = chance.randrange(len(data) if chance.random() < 0.5 else min(len(data), 256))
        what = chance.randrange(5)
        if what == 0:
            data[at] = chance.choice((0, 0x7F, 0x80, 0xFF))
        elif what == 1:
            data[at] ^= 1 << chance.randrange(8)
        elif what == 2:
            data[at:at] = data[at:at + chance.randint(1, 32)]
        elif what == 3 and len(data) > 300:
            del data[at:at + chance.randint(1, 16)]
        else:
            struct.pack_into(">H", data, min(at, len(data) - 2), chance.choice((0, 1, 0x7FFF, 0xFFFF)))
    return bytes(data)


def _many_scans(count):
    data = _saved("JPEG", _drawn((640, 480)), progressive=True)
    end = data.rindex(b"\xff\xd9")
    last = data.rindex(b"\xff\xda")
    return data[:end] + data[last:end] * count + data[end:]


def _gif_of(count):
    """Frames of one pixel, 20 bytes each."""
    frame = b"\x21\xf9\x04\x00\x01\x00\x00\x00" + b"\x2c\0\0\0\0\x01\0\x01\0\0" + b"\x02\x02\x44\x01\x00"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * count + b"\x3b"


def _png_with(chunk):
    data = sound()["colour.png"]
    return data[:33] + chunk + data[33:]


def _jpeg_claiming(width, height):
    data = bytearray(sound()["baseline.jpg"])
    frame = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, frame + 5, height, width)
    return bytes(data)


def _endless_tiff():
    """A directory that names itself as the next one."""
    entry = struct.pack("<HHII", 256, 3, 1, 1)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + struct.pack("<I", 8)


def bombs():
    many = zlib.compress(bytes(50_000_000), 9)
    whole = sound()
    return {
        "bomb-30000x30000.png": photos.bomb(),
        "no-pixels.png": photos.no_pixels(),
        "scans.jpg": _many_scans(300),
        "frames-10000.gif": _gif_of(10_000),
        "claims-65500x65500.jpg": _jpeg_claiming(65_500, 65_500),
        "claims-0x0.jpg": _jpeg_claiming(0, 0),
        "profile-of-zeros.png": _png_with(photos.png_chunk(b"iCCP", b"p\0\0" + many)),
        "text-of-zeros.png": _png_with(photos.png_chunk(b"zTXt", b"t\0\0" + many)),
        "chunk-of-4-gb.png": whole["colour.png"][:33] + b"\x7f\xff\xff\xfftEXt" + bytes(100),
        "endless.tif": _endless_tiff(),
        "gif-and-script.gif": whole["animated.gif"][:6] + b"/*" + whole["animated.gif"][8:] + b"*/=1;alert(1)",
        "jpeg-and-zip.jpg": whole["baseline.jpg"] + b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(18),
        "jpeg-and-png.jpg": whole["baseline.jpg"][:20] + whole["colour.png"],
        "png-and-page.png": whole["colour.png"] + b"<html><script>alert(1)</script></html>",
        "pdf-and-jpeg.pdf": b"%PDF-1.7\n" + whole["baseline.jpg"],
        "svg.png": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "zeros.jpg": b"\xff\xd8\xff" + bytes(100_000),
        "empty.jpg": b"",
        "one-byte.png": b"\x89",
    }


def corpus(mutants=24, cuts=4):
    """{name: bytes}: bombs, and of every sound picture that many mutants and prefixes."""
    files = bombs()
    for name, data in sound().items():
        chance = random.Random(f"{SEED}{name}")
        stem, suffix = name.rsplit(".", 1)
        for i in range(mutants):
            files[f"{stem}-mutant-{i}.{suffix}"] = _mutated(data, chance)
        for i in range(1, cuts + 1):
            files[f"{stem}-cut-{i}.{suffix}"] = data[:len(data) * i // (cuts + 1)]
    return files
