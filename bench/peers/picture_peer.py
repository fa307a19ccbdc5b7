"""What the makers of pictures have in common: the same photograph, width, quality and number at once."""
import concurrent.futures
import functools
import http.client
import pathlib
import threading
import time

import peer
import thumbnails

WIDTH = 1024
PICTURES = 10   # of one measurement


@functools.lru_cache
def sources(scratch):
    """The photograph as JPEG, PNG and WebP, by kind."""
    if not pathlib.Path(thumbnails.PHOTO).exists():
        raise peer.Unavailable("the photograph is missing, which is in Debian's package forensics-samples-files")
    folder = scratch / "photos"
    folder.mkdir(mode=0o755)
    return thumbnails.photos_in(folder, thumbnails.PHOTO)


class PicturePeer(peer.Peer):
    """One that has a maker, an object as the Daemon and the Program of bench/thumbnails.py."""

    maker = None

    def start(self):
        self.sources = sources(self.place.scratch)

    def measure(self, way, case):
        kind = case.lower()
        took = self.maker.make(self.sources[kind], kind, PICTURES)
        return {"per_second": PICTURES / took["seconds"], "cpu_ms": 1000 * took["cpu"] / PICTURES, "kb": self.maker.bytes_of_last(kind) / 1000}

    def end(self):
        if self.maker is not None:
            self.maker.end()
        super().end()


class HttpMaker:
    """A server that answers GET with the picture, which this client writes to a file: stepd and the programs write theirs too."""

    def __init__(self, server, port, path_of, folder):
        self.server = server     # a Peer, whose processor time is counted
        self.port = port
        self.path_of = path_of   # of a source and a kind
        self.folder = folder

    def make(self, source, kind, count):
        left, lock = iter(range(count)), threading.Lock()

        def work(_):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            while True:
                with lock:
                    number = next(left, None)
                if number is None:
                    return
                connection.request("GET", self.path_of(source, kind))
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200:
                    raise RuntimeError(body.decode(errors="replace")[:300])
                (self.folder / f"{kind}-{number}").write_bytes(body)

        begun, spent = time.monotonic(), self.server.processor_seconds()
        with concurrent.futures.ThreadPoolExecutor(thumbnails.AT_ONCE) as pool:
            list(pool.map(work, range(thumbnails.AT_ONCE)))
        return {"seconds": time.monotonic() - begun, "cpu": self.server.processor_seconds() - spent}

    def bytes_of_last(self, kind):
        return (self.folder / f"{kind}-0").stat().st_size

    def end(self):
        """The peer ends its processes."""
