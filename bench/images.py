#!/usr/bin/python3
"""Photographs per second of a folder that is dropped into the inbox of config/examples/image-processor.yaml, beside programs that only
resize: libvips in a loop, sharp (Node.js) and Pillow, each copying and resizing the same photographs on as many cores.

It measures and prints; it decides nothing. sharp is fetched by npm into its own folder, and left out where there is no npm.
"""
import argparse
import concurrent.futures
import ctypes
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import harness  # noqa: E402

WIDTH = 150
QUALITY = 80
DISTINCT = 8
CORES = os.cpu_count()
SOURCE, TARGET = "lab-s3-source-bucket-123456789012", "lab-s3-destination-bucket-123456789012"
SHARP = """
const sharp = require('sharp'), fs = require('fs/promises');
const [from, to, width, quality, cores] = process.argv.slice(2);
sharp.concurrency(1); sharp.cache(false);
(async () => {
  const names = await fs.readdir(from);
  await Promise.all(Array.from({length: +cores}, async () => {
    for (let name; (name = names.pop());) {
      await fs.copyFile(`${from}/${name}`, `${to}/${name}`);
      await sharp(`${from}/${name}`).rotate().resize(+width).jpeg({quality: +quality}).toFile(`${to}/small-${name}`);
    }
  }));
})();
"""


def draw_photos(folder, count):
    """Smooth noise of 2000 x 1500, which JPEG compresses about as it does a photograph."""
    from PIL import Image
    generator = random.Random(7)
    photos = []
    for number in range(min(DISTINCT, count)):
        small = Image.frombytes("RGB", (250, 188), generator.randbytes(250 * 188 * 3))
        path = folder / f"photo-{number}.jpeg"
        small.resize((2000, 1500), Image.BICUBIC).save(path, quality=90)
        photos.append(path)
    for number in range(len(photos), count):
        shutil.copy(photos[number % DISTINCT], folder / f"photo-{number}.jpeg")


def peak_of(pids):
    """The most that each process ever held, in MiB, together."""
    total = 0
    for pid in pids:
        try:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    return total / 1024


def descendants(pid):
    found = [pid]
    for parent in found:
        for task in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def measure_system(photos, scratch):
    """From the first file's arrival until the last result stands in its bucket and every source is gone."""
    data = scratch / "data"
    config = ROOT / "config" / "examples" / "image-processor.yaml"
    port = harness.free_port()
    with open(scratch / "log", "w") as log:
        daemon = subprocess.Popen([harness.BINARY, "serve", "--config", config, "--data", data, "--listen", f"127.0.0.1:{port}"],
                                  stdout=log, stderr=log)
        try:
            source, target = data / "buckets" / SOURCE, data / "buckets" / TARGET
            harness.wait_until(lambda: b"127.0.0.1" in (scratch / "log").read_bytes(), "the daemon", every=0.05)
            begun = time.monotonic()
            names = sorted(os.listdir(photos))
            for name in names:
                os.link(photos / name, scratch / name)
                os.rename(scratch / name, source / name)
            harness.wait_until(lambda: len(list(target.glob("*-small.jpeg"))) == len(names) and not list(source.glob("*.jpeg")),
                               "the last photograph", seconds=600, every=0.05)
            return len(names) / (time.monotonic() - begun), peak_of(descendants(daemon.pid))
        finally:
            daemon.terminate()
            daemon.wait(30)


def load_libvips():
    """libvips with one thread for a picture and no cache, gobject, and the null that ends an argument list."""
    vips = ctypes.CDLL("libvips.so.42")
    vips.vips_init(b"bench")
    vips.vips_concurrency_set(1)
    vips.vips_cache_set_max(0)
    return vips, ctypes.CDLL("libgobject-2.0.so.0"), ctypes.c_void_p(None)


def resize_by_libvips(photos, target):
    vips, gobject, end = load_libvips()

    def one(name):
        shutil.copyfile(photos / name, target / name)
        small = ctypes.c_void_p()
        failed = vips.vips_thumbnail(str(photos / name).encode(), ctypes.byref(small), ctypes.c_int(WIDTH), b"height",
                                     ctypes.c_int(100000), end)
        failed = failed or vips.vips_jpegsave(small, str(target / f"small-{name}").encode(), b"Q", ctypes.c_int(QUALITY), end)
        if failed:
            raise RuntimeError("libvips could not resize " + name)
        gobject.g_object_unref(small)

    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        list(pool.map(one, sorted(os.listdir(photos))))


def pillow_one(job):
    from PIL import Image, ImageOps
    source, target = job
    shutil.copyfile(source, target)
    with Image.open(source) as image:
        image.draft("RGB", (WIDTH * 2, WIDTH * 2))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((WIDTH, 100000), Image.LANCZOS)
        upright.save(target.with_name("small-" + target.name), quality=QUALITY)


def resize_by_pillow(photos, target):
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        list(pool.map(pillow_one, [(photos / name, target / name) for name in sorted(os.listdir(photos))]))


def measure_program(command, count, cwd=None):
    """Its start is counted, as it is for whoever calls it; the peak is the largest process's."""
    begun = time.monotonic()
    process = subprocess.Popen(["/usr/bin/env", *map(str, command)], cwd=cwd)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return count / (time.monotonic() - begun), usage.ru_maxrss / 1024


def install_sharp(folder):
    if shutil.which("npm") is None:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules" / "sharp").is_dir():
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, "sharp@0.35"], check=True)
    (folder / "resize.js").write_text(SHARP)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--only", choices=["libvips", "pillow"], help=argparse.SUPPRESS)
    parser.add_argument("folders", nargs="*", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        {"libvips": resize_by_libvips, "pillow": resize_by_pillow}[options.only](*options.folders)
        return
    build = ROOT / "build"
    with tempfile.TemporaryDirectory(prefix="bench-images-", dir=build) as name:
        scratch = pathlib.Path(name)
        photos = scratch / "photos"
        photos.mkdir()
        draw_photos(photos, options.photos)
        rows = []

        def run(title, command, cwd=None):
            target = scratch / title.split()[0]
            target.mkdir()
            rows.append((title, *measure_program([*command, photos, target] if cwd is None else
                                                 [*command, photos, target, WIDTH, QUALITY, CORES], options.photos, cwd)))

        run("libvips in a loop", [sys.executable, __file__, "--only", "libvips"])
        rows.append(("stepd, system A", *measure_system(photos, scratch)))
        if install_sharp(build / "sharp"):
            run("sharp", ["node", build / "sharp" / "resize.js"], cwd=build / "sharp")
        run("Pillow", [sys.executable, __file__, "--only", "pillow"])
        limit = rows[0][1]
        print(f"{options.photos} photographs of 2000 x 1500 copied and resized to {WIDTH}, {CORES} cores\n")
        print(f"{'':24}{'per second':>12}{'/ libvips':>12}{'peak MiB':>12}")
        for title, rate, peak in rows:
            print(f"{title:24}{rate:12.1f}{rate / limit:12.2f}{peak:12.0f}")


if __name__ == "__main__":
    main()
