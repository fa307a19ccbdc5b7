#!/usr/bin/python3
"""Photographs of 12 megapixels made 1,024 wide, two at once, from file to file: by stepd (the daemon, with its sandboxed workers), by sharp
(Node.js) and by libvips alone, as JPEG, PNG and WebP.

All are measured in one run, in turns, and the median of the rounds is printed: pictures per second by the clock, and processor time for one
picture, of all processes of a program together, which a busy machine changes less. Each process has made pictures before it is measured. It
measures and prints; it decides nothing. sharp is fetched by npm into its own folder, and left out where there is no npm.
"""
import argparse
import concurrent.futures
import ctypes
import http.client
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import images

sys.path.insert(0, str(images.ROOT / "tests" / "e2e"))
import harness  # noqa: E402

PHOTO = "/usr/share/forensics-samples/original-files/pic1/IMG_20200827_231612.jpg"
QUALITY = 82
AT_ONCE = 2
KINDS = {"jpeg": "jpg", "png": "png", "webp": "webp"}
SHARP = """
const sharp = require('sharp'), readline = require('readline');
const [width, quality, atOnce] = process.argv.slice(2).map(Number);
sharp.concurrency(1); sharp.cache(false);
const as = {jpeg: {quality}, png: {}, webp: {quality}};
readline.createInterface({input: process.stdin}).on('line', async line => {
  const {source, target, kind, count} = JSON.parse(line);
  let left = count;
  const begun = process.hrtime.bigint(), spent = process.cpuUsage();
  await Promise.all(Array.from({length: atOnce}, async () => {
    while (left-- > 0) await sharp(source).rotate().resize(width).toFormat(kind, as[kind]).toFile(`${target}-${left}`);
  }));
  const cpu = process.cpuUsage(spent);
  console.log(JSON.stringify({seconds: Number(process.hrtime.bigint() - begun) / 1e9, cpu: (cpu.user + cpu.system) / 1e6}));
});
"""
CONFIG = """
image_workers: { count: %d }
workers: { tasks: %d }
buckets: { photos: , small: }
functions: { shrink: { handler: image.resize } }
routes: { functions: { POST /shrink: { function: shrink, event: body } } }
"""


def processor_seconds(pid):
    """Of a process and all that it has started, those that have ended included."""
    ticks = 0
    for each in images.descendants(pid):
        fields = pathlib.Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


class Daemon:
    """stepd, asked over HTTP by as many clients as pictures are made at once."""

    def __init__(self, photos, scratch, width):
        config = scratch / "stepd.yaml"
        config.write_text(CONFIG % (AT_ONCE, AT_ONCE))
        self.width = width
        self.stepd = harness.Stepd(config, scratch / "data", scratch / "log").start()
        for photo in photos.values():
            shutil.copy(photo, self.stepd.data / "buckets" / "photos")

    def make(self, source, kind, count):
        pid = self.stepd.process.pid
        left = iter(range(count))
        lock = threading.Lock()

        def work(_):
            connection = http.client.HTTPConnection("127.0.0.1", self.stepd.port)
            while True:
                with lock:
                    number = next(left, None)
                if number is None:
                    return
                wish = {"bucket": "photos", "key": source.name, "width": self.width, "format": kind,
                        "destination": {"bucket": "small", "key": f"{number}.{KINDS[kind]}"}}
                wish |= {} if kind == "png" else {"quality": QUALITY}
                connection.request("POST", "/shrink", json.dumps(wish), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                if (body := answer.read()) and answer.status != 200:
                    raise RuntimeError(body.decode())

        begun, spent = time.monotonic(), processor_seconds(pid)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(work, range(AT_ONCE)))
        return {"seconds": time.monotonic() - begun, "cpu": processor_seconds(pid) - spent}

    def bytes_of_last(self, kind):
        return (self.stepd.data / "buckets" / "small" / f"0.{KINDS[kind]}").stat().st_size

    def end(self):
        self.stepd.stop()


class Program:
    """One that is told on a line of JSON what to make, and answers on one what it took."""

    def __init__(self, command, scratch, name, cwd=None):
        self.target = scratch / name
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=cwd)

    def make(self, source, kind, count):
        wish = {"source": str(source), "target": f"{self.target}-{kind}", "kind": kind, "count": count}
        print(json.dumps(wish), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def bytes_of_last(self, kind):
        return pathlib.Path(f"{self.target}-{kind}-0").stat().st_size

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def serve_libvips(width):
    """The program that is libvips alone."""
    vips, gobject, end = images.load_libvips()
    quality = (b"Q", ctypes.c_int(QUALITY))
    savers = {"jpeg": (vips.vips_jpegsave, quality), "png": (vips.vips_pngsave, ()), "webp": (vips.vips_webpsave, quality)}

    def one(source, target, kind):
        small = ctypes.c_void_p()
        save, options = savers[kind]
        failed = vips.vips_thumbnail(source.encode(), ctypes.byref(small), ctypes.c_int(width), b"height", ctypes.c_int(100000), end)
        if failed or save(small, target.encode(), *options, end):
            raise RuntimeError(f"libvips could not make {target}")
        gobject.g_object_unref(small)

    for line in sys.stdin:
        wish = json.loads(line)
        begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda number: one(wish["source"], f"{wish['target']}-{number}", wish["kind"]), range(wish["count"])))
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(json.dumps({"seconds": time.monotonic() - begun, "cpu": cpu}), flush=True)


def photos_in(folder, photo):
    """The photograph itself, and the same pixels as PNG and WebP."""
    from PIL import Image
    made = {"jpeg": folder / "photo.jpg", "png": folder / "photo.png", "webp": folder / "photo.webp"}
    shutil.copy(photo, made["jpeg"])
    with Image.open(photo) as image:
        image.save(made["png"])
        image.save(made["webp"], quality=80)
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", default=[PHOTO])
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--count", type=int, default=10, help="pictures of each kind in a round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--binary", type=pathlib.Path, default=images.ROOT / "build" / "release" / "stepd")
    parser.add_argument("--libvips", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.libvips:
        serve_libvips(options.width)
        return
    harness.BINARY = options.binary.resolve()
    for photo in options.photos:
        with tempfile.TemporaryDirectory(prefix="bench-thumbnails-", dir=images.ROOT / "build") as name:
            compare(photo, pathlib.Path(name), options)


def compare(photo, scratch, options):
    photos = photos_in(scratch, photo)
    programs = {"stepd": Daemon(photos, scratch, options.width)}
    programs["libvips alone"] = Program([sys.executable, __file__, "--libvips", "--width", options.width], scratch, "libvips")
    sharp = images.ROOT / "build" / "sharp"
    if images.install_sharp(sharp):
        (sharp / "thumbnails.js").write_text(SHARP)
        programs["sharp"] = Program(["node", sharp / "thumbnails.js", options.width, QUALITY, AT_ONCE], scratch, "sharp", cwd=sharp)
    taken = {(kind, title): [] for kind in KINDS for title in programs}
    try:
        for each in range(1 + options.rounds):
            for kind, title in taken:
                took = programs[title].make(photos[kind], kind, options.count if each else AT_ONCE)
                if each:
                    taken[kind, title].append(took)
        print(f"{pathlib.Path(photo).name} to {options.width}, {AT_ONCE} at once, {options.rounds} rounds of {options.count}, medians\n")
        print(f"{'':24}{'per second':>12}{'/ sharp':>9}{'ms of CPU':>12}{'/ sharp':>9}{'KB':>8}")
        for (kind, title), rounds in taken.items():
            rate = [options.count / took["seconds"] for took in rounds]
            cpu = [1000 * took["cpu"] / options.count for took in rounds]
            against = taken.get((kind, "sharp"), rounds)
            faster = statistics.median(theirs["seconds"] / ours["seconds"] for theirs, ours in zip(against, rounds))
            lighter = statistics.median(theirs["cpu"] / ours["cpu"] for theirs, ours in zip(against, rounds))
            print(f"{kind + ', ' + title:24}{statistics.median(rate):12.1f}{faster:9.2f}{statistics.median(cpu):12.1f}{lighter:9.2f}"
                  f"{programs[title].bytes_of_last(kind) / 1000:8.0f}")
    finally:
        for program in programs.values():
            program.end()


if __name__ == "__main__":
    main()
