#!/usr/bin/env python3
"""Writes the tables of docs/performance.md from the JSON of run.py, between the marks that name their comparisons, and leaves the text around them.

  bench/peers/page.py [FILE]

A comparison that the JSON does not have keeps its table. FILE is build/peers/result.json unless it is given.
"""
import json
import pathlib
import re
import sys
import textwrap

import figures
import peer

PAGE = peer.ROOT / "docs" / "performance.md"
COLUMNS = 150


def table_of(result):
    below = textwrap.fill(" ".join(figures.conditions(result)), COLUMNS, break_long_words=False, break_on_hyphens=False)
    rows = figures.table(result)
    if len(rows) == 1:
        return below
    lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n\n" + below


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else peer.ROOT / "build" / "peers" / "result.json"
    page = PAGE.read_text()
    for name, result in json.loads(source.read_text()).items():
        begin, end = f"<!-- peers: {name} -->", "<!-- end of peers -->"
        page, times = re.subn(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{table_of(result)}\n{end}", page, flags=re.S)
        if times != 1:
            sys.exit(f"{PAGE.relative_to(peer.ROOT)} has {times} places for {name}")
    PAGE.write_text(page)


if __name__ == "__main__":
    main()
