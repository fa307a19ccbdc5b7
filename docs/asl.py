#!/usr/bin/env python3
"""Writes the generated parts of asl.md from the registries in src/ and the cases in tests/golden.

Each part stands between `<!-- NAME -->` and `<!-- /NAME -->`; the rest of the page is written by hand.
Run it as `./dev docs`; tests/tidy fails while the page is not what this would write.
"""
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "asl.md"


def source(path):
    return (ROOT / "src" / path).read_text()


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def state_types():
    names = re.findall(r'\.type = "(\w+)"', "".join(path.read_text() for path in sorted((ROOT / "src/engine/core/states").glob("*.cpp"))))
    return ["`" + "`, `".join(names) + "`"]


def intrinsics():
    rows = []
    for name, least, most in re.findall(r'Intrinsic\{"(\w+)", (\d+), (\w+),', source("engine/asl/intrinsics/registry.cpp")):
        count = least if least == most else f"{least} or more" if most == "kAny" else f"{least} to {most}"
        rows.append([f"`States.{name}`", count])
    return table(["function", "arguments"], rows)


def comparisons():
    rows = []
    for name, takes, path in re.findall(r'ChoiceOperator\{"(\w+)", Takes::(\w+), [^}]*?, (true|false)\}', source("engine/asl/choice_operators.cpp")):
        rows.append([f"`{name}`", "true or false" if takes == "TypeTest" else takes.lower(), f"`{name}Path`" if path == "true" else ""])
    return table(["operator", "compares with", "with a path instead"], rows)


def integrations():
    found = []
    for path in sorted((ROOT / "src/services/integrations").glob("*.cpp")):
        text = path.read_text()
        for name in re.findall(r'Integration \w+\{"([^"]+)"', text):
            found.append([f"`arn:aws:states:::{name}`", text.splitlines()[0].removeprefix("// ").split(": ", 1)[-1]])
    return table(["resource", "what it is here"], found)


def limits():
    rows = []
    for name, value, note in re.findall(r"constexpr [\w:]+ k(\w+) = ([^;]+);(?:\s*// (.*))?", source("base/limits.h")):
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
        rows.append([words, value.replace("'", ","), note or ""])
    return table(["limit", "value", "of what"], rows)


def behaviour():
    lines = []
    for path in sorted((ROOT / "tests/golden").rglob("*.yaml")):
        text = path.read_text()
        lines += [f"**{text.splitlines()[0].removeprefix('# ')}**", ""]
        lines += [f"- {name}" for name in yaml.safe_load(text)] + [""]
    return lines[:-1]


PARTS = {
    "state types": state_types,
    "intrinsics": intrinsics,
    "comparisons": comparisons,
    "integrations": integrations,
    "limits": limits,
    "behaviour": behaviour,
}


def written(page):
    for name, make in PARTS.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        before, rest = page.split(begin)
        _, after = rest.split(end)
        page = before + begin + "\n".join(make()) + "\n" + end + after
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
