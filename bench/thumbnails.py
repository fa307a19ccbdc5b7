#!/usr/bin/python3
"""One photograph to a thumbnail: image.resize as it is and with accurate: true, libvips alone and sharp (Node.js), in turns.

Compared by processor time for one picture, which a busy machine changes little; the least of some rounds counts. Starting a program is not
counted. It measures and prints; it decides nothing. sharp is fetched by npm into its own folder, and left out where there is no npm.
"""
import argparse
import pathlib
import resource
import subprocess
import sys

import images

ROOT = pathlib.Path(__file__).resolve().parents[1]
PHOTO = "/usr/share/forensics-samples/original-files/pic2/IMG_20191224_234846.jpg"
SHARP = """
const sharp = require('sharp'), fs = require('fs');
const [photo, width, count] = process.argv.slice(2);
sharp.concurrency(1); sharp.cache(false);
const bytes = fs.readFileSync(photo);
(async () => {
  for (let left = +count; left > 0; --left) await sharp(bytes).rotate().resize(+width).jpeg({quality: 82}).toBuffer();
})();
"""


def processor_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", default=[PHOTO])
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    options = parser.parse_args()
    program = options.build / "bench" / "bench_thumbnail"
    if not program.exists():
        program = next(options.build.rglob("bench_thumbnail"), None) or sys.exit(f"{options.build} holds no bench_thumbnail")
    ways = {way: [program, way] for way in ("libvips", "stepd", "accurate")}
    sharp = ROOT / "build" / "sharp"
    if images.install_sharp(sharp):
        (sharp / "thumbnail.js").write_text(SHARP)
        ways["sharp"] = ["node", sharp / "thumbnail.js"]
    for photo in options.photos:
        least = dict.fromkeys(ways, float("inf"))
        for _ in range(options.rounds):
            for way, command in ways.items():
                one, many = (processor_seconds([*command, photo, options.width, count]) for count in (1, 1 + options.count))
                least[way] = min(least[way], (many - one) / options.count)
        print(f"{pathlib.Path(photo).name} to {options.width}: {'ms each':>24}{'/ libvips':>12}{'/ sharp':>12}")
        for way, seconds in least.items():
            ratio = f"{least['sharp'] / seconds:12.2f}" if "sharp" in least else ""
            print(f"{way:24}{1000 * seconds:24.1f}{least['libvips'] / seconds:12.2f}{ratio}")


if __name__ == "__main__":
    main()
