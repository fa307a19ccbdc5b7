"""EXPRESS executions beside an empty server of Beast: bench/api.cpp, which measures both in turns."""
import re

import peer

CLIENTS = (1, 16, 128)
TITLES = ("five Pass states", "five states, one a task")
OPERATION = "StartSyncExecution, "


class EmptyBeast(peer.Peer):
    """Both sides, because the program has both within itself."""
    name = "bench_api"
    ways = ("stepd", "empty Beast server")

    def start(self):
        if not self.place.bench_api.exists():
            raise peer.Unavailable(f"the program bench_api is not built (./dev bench api builds it)")
        self.folder = self.place.folder("express")
        self.version = "the empty server of bench/http"

    def begin_round(self):
        """The program ends by itself: its numbers of requests are its own."""
        self.figures = figures_of(peer.run_to_end([self.place.bench_api], "bench_api", cwd=self.folder))

    def measure(self, way, case):
        return self.figures[way, case]


def figures_of(printed):
    """What bench_api prints, by way and case."""
    found, title = {}, None
    for line in printed.splitlines():
        if line and not line.startswith(" "):
            title = re.split(r"\s{2,}", line)[0]
        row = re.match(r"  (\S.*?) at (\d+) connections +([\d.]+) /s +([\d.]+) ms +([\d.]+) ms", line)
        if row and title and title.startswith(OPERATION):
            figures = dict(zip(("per_second", "median_ms", "p99_ms"), map(float, row.groups()[2:])))
            found[row[1], case_of(title.removeprefix(OPERATION), int(row[2]))] = figures
    return found


def case_of(title, clients):
    return f"{title}, {clients} client" + ("" if clients == 1 else "s")


EXPRESS = peer.Comparison("express", "EXPRESS executions by StartSyncExecution over HTTP", "stepd", "requests",
                          [case_of(title, clients) for title in TITLES for clients in CLIENTS], [EmptyBeast],
                          each="2,000 or 20,000 requests", warm_up=False)
