"""imgproxy: built from its Go module with Debian's libvips, and asked over HTTP for pictures of a local folder."""
import os

import harness
import installing
import peer
import thumbnails
from picture_peer import WIDTH, HttpMaker, PicturePeer

MODULE = "github.com/imgproxy/imgproxy/v3"
# The newest first; the older ones for libvips of Debian 12.
VERSIONS = ("v3.30.1", "v3.28.0", "v3.21.0")
EXTENSIONS = {"jpeg": "jpg", "png": "png", "webp": "webp"}


class Imgproxy(PicturePeer):
    name = "imgproxy"
    ways = ("imgproxy",)

    def start(self):
        super().start()
        place = self.place
        binary, self.version = build(place.installed)
        folder = place.folder("imgproxy")
        port = harness.free_port()
        server = self.run([binary], folder / "log", {
            "IMGPROXY_BIND": f"127.0.0.1:{port}", "IMGPROXY_LOCAL_FILESYSTEM_ROOT": str(place.scratch / "photos"),
            "IMGPROXY_WORKERS": str(thumbnails.AT_ONCE), "IMGPROXY_MAX_SRC_RESOLUTION": "50", "IMGPROXY_LOG_LEVEL": "error"})
        self.await_answer(server, folder / "log", port, "/health")
        self.maker = HttpMaker(self, port, path_of, folder)


def path_of(source, kind):
    """Neither key nor salt is configured, so the URL bears no signature."""
    quality = "" if kind == "png" else f"/q:{thumbnails.QUALITY}"
    return f"/insecure/rs:fit:{WIDTH}:0{quality}/plain/local:///{source.name}@{EXTENSIONS[kind]}"


def build(installed):
    """The program and its version; it is built once."""
    go, reasons = installing.go_program(installed), []
    for version in VERSIONS:
        home = installed / "imgproxy" / version
        if (home / "imgproxy").exists():
            return home / "imgproxy", version
        home.mkdir(parents=True, exist_ok=True)
        try:
            peer.run_to_end([go, "install", f"{MODULE}@{version}"], f"go install {MODULE}@{version}", cwd=home,
                            env={**os.environ, "GOBIN": str(home), "GOFLAGS": "-modcacherw"})
            return home / "imgproxy", version
        except peer.Unavailable as error:
            reasons.append(str(error))
    raise peer.Unavailable(reasons[0] + ("" if len(reasons) == 1 else f"; {', '.join(VERSIONS[1:])} failed too"))
