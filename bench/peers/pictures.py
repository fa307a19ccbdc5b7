"""A photograph of 12 megapixels made 1,024 wide, two at once, from file to file (bench/thumbnails.py)."""
import sys

import harness
import installing
import peer
import picture_peer
import thumbnails
from imgproxy import Imgproxy
from picture_peer import WIDTH, PicturePeer

SHARP = "sharp@0.35.5"


class StepdPictures(PicturePeer):
    name = "stepd"
    ways = ("stepd",)

    def start(self):
        super().start()
        place = self.place
        self.maker = thumbnails.Daemon(self.sources, place.folder("stepd-pictures"), WIDTH)
        self.version = peer.stepd_version(harness.BINARY)


class Sharp(PicturePeer):
    name = "sharp"
    ways = ("sharp",)

    def start(self):
        super().start()
        place = self.place
        folder = installing.npm_packages(place.installed, "sharp", SHARP)
        (folder / "thumbnails.js").write_text(thumbnails.SHARP)
        command = ["node", folder / "thumbnails.js", WIDTH, thumbnails.QUALITY, thumbnails.AT_ONCE]
        self.maker = thumbnails.Program(command, place.folder("sharp"), "made", cwd=folder)
        self.version = SHARP


class Libvips(PicturePeer):
    name = "libvips"
    ways = ("a loop over libvips",)

    def start(self):
        super().start()
        place = self.place
        command = [sys.executable, thumbnails.__file__, "--libvips", "--width", WIDTH]
        self.maker = thumbnails.Program(command, place.folder("libvips"), "made")
        vips, _, _ = thumbnails.images.load_libvips()
        self.version = "libvips " + ".".join(str(vips.vips_version(part)) for part in range(3))


PICTURES = peer.Comparison("pictures", "A photograph of 12 megapixels made 1,024 wide, two at once", "stepd", "pictures",
                           ["JPEG", "PNG", "WebP"], [StepdPictures, Sharp, Libvips, Imgproxy], each=f"{picture_peer.PICTURES} pictures")
