"""Holds the tree to the house rules, and the rules to finding what they are there to find."""
import pathlib
import re
import subprocess
import sys

import pytest

import rules

ROOT = pathlib.Path(__file__).resolve().parents[2]


def read_tree():
    tree = {}
    for folder in ("src", "tests", "bench"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cpp", ".py", ".yaml"):
                tree[path.relative_to(ROOT).as_posix()] = path.read_text()
    return tree


@pytest.fixture(scope="module")
def tree():
    return read_tree()


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_rule(rule, tree):
    breaches = list(rule(tree))
    assert not breaches, "\n" + "\n".join(breaches)


def test_the_linker_knows_the_same_arrows():
    assert rules.linked_arrows((ROOT / "CMakeLists.txt").read_text()) == rules.ARROWS


# A tree without fault, and one offence for each rule: a rule that does not see it guards nothing.
CLEAN = {
    "src/tasks/catalog.h": "// The list.\n#pragma once\n/// `image.type`.\nCatalog make_catalog();\n",
    "src/tasks/catalog.cpp": '// The making.\n#include "tasks/catalog.h"\nauto name = "image.type";\n',
    "src/engine/core/states/registry.cpp": "// The list.\n#include <array>\nauto types = {&kPass};\n",
    "src/engine/core/states/pass.cpp": "// Pass.\n",
    "tests/e2e/test_clean.py": "wait_until(done)\n",
}
OFFENCES = [
    (rules.arrows, "src/engine/core/decide.cpp", '#include "storage/store.h"\n'),
    (rules.arrows, "src/tasks/handler.cpp", '#include "handler.h"\n'),
    (rules.arrows, "src/stray.cpp", "int x;\n"),
    (rules.store_behind_its_door, "src/api/server.cpp", '#include "storage/sqlite/sqlite_store.h"\n'),
    (rules.third_party_homes, "src/engine/run/shard.cpp", "#include <sqlite3.h>\n"),
    (rules.third_party_homes, "src/tasks/object/copy.cpp", "#include <vips/vips8>\n"),
    (rules.third_party_homes, "src/api/etag.cpp", "#include <openssl/sha.h>\n"),
    (rules.third_party_homes, "src/triggers/walk.cpp", "#include <linux/openat2.h>\n"),
    (rules.light_headers, "src/api/server.h", "#include <boost/beast/http.hpp>\n"),
    (rules.pure_core, "src/engine/core/decide.cpp", "auto now = std::chrono::system_clock::now();\n"),
    (rules.ordered_core, "src/engine/core/decide.cpp", "std::unordered_map<int, int> seen;\n"),
    (rules.pure_core, "src/engine/asl/path.cpp", 'auto home = getenv("HOME");\n'),
    (rules.no_fixed_sleep, "tests/run/engine_test.cpp", "std::this_thread::sleep_for(1s);\n"),
    (rules.no_fixed_sleep, "tests/e2e/test_inbox.py", "time.sleep(1)\n"),
    (rules.short_files, "src/base/long.cpp", "\n" * 601),
    (rules.numbered_todos, "src/base/late.cpp", "// TODO: later\n"),
    (rules.opening_words, "src/base/mute.cpp", "int x;\n"),
    (rules.opening_words, "src/base/bare.h", "// For nothing.\n"),
    (rules.telling_names, "src/base/thing.h", "class ThingManager {};\n"),
    (rules.unique_names, "src/storage/catalog.cpp", "// Another list.\n"),
    (rules.unique_names, "tests/core/catalog.h", "// Another list.\n"),
    (rules.registered, "src/engine/core/states/loop.cpp", "// A state type.\n"),
    (rules.handlers_in_catalog, "src/tasks/catalog.cpp", "// none\n"),
]


@pytest.mark.parametrize("rule, path, text", OFFENCES, ids=[f"{r.__name__}-{i}" for i, (r, _, _) in enumerate(OFFENCES)])
def test_the_rule_sees_the_offence(rule, path, text):
    assert not list(rule(CLEAN))
    assert list(rule({**CLEAN, path: text}))


@pytest.mark.parametrize("path, text", [
    ("src/engine/core/fine.cpp", "// Reads no system_clock (see DESIGN).\nint brand(int rand_seed);\n"),
    ("src/engine/asl/fine.cpp", '// Names it.\nauto text = "getenv(x)";\n'),
])
def test_words_in_comments_and_strings_are_no_offence(path, text):
    assert not list(rules.pure_core({path: text}))


def test_every_decision_is_in_the_index():
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text()
    records = sorted(p.name for p in folder.glob("[0-9]*.md"))
    assert records and [name for name in records if f"({name})" not in index] == []
    numbers = [int(name[:4]) for name in records]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_link_between_documents_leads_somewhere():
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if not target.startswith(("http:", "https:", "mailto:")) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_command_of_dev_has_its_line_of_help():
    text = (ROOT / "dev").read_text()
    commands = set(re.findall(r"^cmd_([a-z]+)\(\)", text, re.M))
    listed = subprocess.run([ROOT / "dev", "help"], capture_output=True, text=True, check=True).stdout
    assert commands == set(re.findall(r"^  ([a-z]+) ", listed, re.M))


def test_the_language_page_is_what_its_generator_writes():
    sys.path.insert(0, str(ROOT / "docs"))
    import asl

    page = asl.PAGE.read_text()
    assert asl.written(page) == page, "run ./dev docs"
    for name, make in asl.PARTS.items():
        assert len("".join(make())) > 40, f"nothing was found for {name}"


def test_the_page_of_operations_is_what_its_generator_writes():
    sys.path.insert(0, str(ROOT / "docs"))
    import aws_operations

    assert aws_operations.page() == aws_operations.PAGE.read_text(), "run ./dev docs"


def test_the_pages_of_services_are_what_their_generator_writes():
    sys.path.insert(0, str(ROOT / "docs"))
    import aws_services

    for path, text in aws_services.pages().items():
        assert text == path.read_text(), "run ./dev docs"


def test_the_page_of_differences_names_every_operation_of_s3():
    sys.path.insert(0, str(ROOT / "docs"))
    import differences

    story = next(each for each in differences.sections() if each["title"] == "S3")
    files = [path for path in (ROOT / "src/api/s3/operations").glob("*.cpp") if path.name not in ("registry.cpp", "unconfigured.cpp")]
    served = {name for path in files for name in re.findall(r'S3Operation k\w+\{\s*"(\w+)"', path.read_text())}
    assert served == {each["name"] for each in story["operations"]}


def named_tests(page):
    """(file, test) of every `path::test` in a page."""
    return re.findall(r"`(tests/[\w./]+)::([^`]+)`", page)


def has_test(path, name):
    """Whether that file holds a test of that name: a Python function, a GoogleTest `Suite.Name`, a case of a YAML table."""
    text = path.read_text() if path.exists() else ""
    if path.suffix == ".py":
        return f"def {name}(" in text
    if path.suffix == ".cpp":
        return re.search(r"\bTEST\w*\(\s*%s\s*\)" % name.replace(".", r",\s*"), text) is not None
    return f"name: {name}," in text or f"\n{name}:" in text


def test_every_row_of_what_is_replaced_names_a_test_that_exists_or_says_why_not():
    page = (ROOT / "docs" / "replacing.md").read_text()
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", page, re.M)
    assert [int(number) for number, _ in rows] == list(range(1, 33))
    assert [number for number, held in rows if "::" not in held and "Not yet" not in held] == []
    assert [f"{path}::{name}" for path, name in named_tests(page) if not has_test(ROOT / path, name)] == []


def test_a_test_that_is_only_named_is_seen():
    assert has_test(ROOT / "tests/tidy/test_house_rules.py", "test_a_test_that_is_only_named_is_seen")
    assert not has_test(ROOT / "tests/tidy/test_house_rules.py", "test_a_test_that_is_only")
    assert not has_test(ROOT / "tests/e2e/test_nowhere.py", "test_x")
    assert not has_test(ROOT / "tests/api/function_routes_test.cpp", "FunctionRoutes.Nothing")
    assert not has_test(ROOT / "tests/asl/cases/choices.yaml", "variable")
