"""The house rules as functions: each takes {path: text} of the source tree and answers the breaches as strings.

They read text only; what needs a compiler's understanding is clang-tidy's and the linker's to find.
"""
import posixpath
import re

# Who may include whom. CMakeLists.txt links the same arrows, and a test compares the two.
ARROWS = {
    "base": set(),
    "jsonata": {"base"},
    "asl": {"jsonata", "base"},
    "core": {"asl", "base"},
    "dynamodb": {"base"},
    "storage": {"base"},
    "tasks": {"dynamodb", "base"},
    "run": {"core", "asl", "storage", "base"},
    "functions": {"base"},
    "services": {"run", "asl", "tasks", "functions", "dynamodb", "base"},
    "templates": {"base"},
    "traces": {"run", "core", "tasks", "base"},
    "triggers": {"run", "storage", "asl", "base"},
    "api": {"run", "asl", "dynamodb", "storage", "base"},
    "daemon": {"api", "traces", "templates", "triggers", "services", "functions", "run", "core", "asl", "jsonata", "tasks", "dynamodb",
               "storage", "base"},
}
FOLDERS = {
    "src/base": "base",
    "src/engine/asl/jsonata": "jsonata",  # before the room whose folder it lies in
    "src/engine/asl": "asl",
    "src/engine/core": "core",
    "src/engine/run": "run",
    "src/dynamodb": "dynamodb",
    "src/functions": "functions",
    "src/services": "services",
    "src/storage": "storage",
    "src/tasks": "tasks",
    "src/templates": "templates",
    "src/traces": "traces",
    "src/triggers": "triggers",
    "src/api": "api",
    "src/daemon": "daemon",
}

# Third-party headers that have one home (folders), and those that no header of ours may pull in.
HOMES = {
    r"sqlite3\.h": ("src/storage/",),
    r"zstd\.h": ("src/base/",),
    r"vips/": ("src/tasks/image/",),
    r"jpeglib\.h": ("src/tasks/image/reduce/",),
    r"isa-l/": ("src/tasks/image/reduce/",),
    r"libdeflate\.h": ("src/tasks/image/", "src/storage/sqlite/"),
    r"webp/": ("src/tasks/image/reduce/",),
    r"opencv2/": ("src/tasks/labels/",),
    r"libexif/": ("src/tasks/image/",),
    r"boost/beast": ("src/api/", "src/functions/"),
    r"yaml-cpp/": ("src/engine/asl/", "src/templates/", "src/daemon/"),
    r"CLI/": ("src/daemon/",),
    r"expat\.h": ("src/tasks/image/", "src/api/s3/"),
    r"zip\.h": ("src/functions/install/",),
    r"openssl/(evp|hmac|md5|sha)\.h": ("src/base/",),
    r"linux/openat2\.h": ("src/base/",),
}
HEAVY = re.compile(r'#include\s*<(nlohmann/json\.hpp|boost/(beast|asio)|vips/|sqlite3\.h|yaml-cpp/|CLI/)')

LINES_MAX = 600
INCLUDE = re.compile(r'^\s*#include\s*(["<])([^">]+)[">]', re.M)


def room_of(path):
    return next((room for folder, room in FOLDERS.items() if path.startswith(folder + "/")), None)


def sources(tree, *folders):
    return {p: t for p, t in tree.items() if p.endswith((".h", ".cpp")) and p.startswith(tuple(folders) or "src/")}


def without_comments(text):
    """C++ without comments and the insides of strings, line numbers kept."""
    def blank(match):
        kept = '""' if match.group(0)[0] == '"' else ""
        return kept + "\n" * match.group(0).count("\n")
    return re.sub(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', blank, text, flags=re.S)


def grep(pattern, path, text, why):
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(pattern, line):
            yield f"{path}:{number}: {why}: {line.strip()}"


def arrows(tree):
    """A room includes only the rooms it may know."""
    for path, text in sources(tree).items():
        room = room_of(path)
        if room is None:
            yield f"{path}: lies in no room"
            continue
        for quote, target in INCLUDE.findall(text):
            other = room_of("src/" + target) if quote == '"' else None
            if quote == '"' and other is None:
                yield f'{path}: "{target}" is not named from src/'
            elif other and other != room and other not in ARROWS[room]:
                yield f"{path}: {room} must not know {other} ({target})"


def store_behind_its_door(tree):
    """Concrete stores are named in their own room and in the wiring, nowhere else."""
    for path, text in sources(tree).items():
        if room_of(path) in ("storage", "daemon"):
            continue
        for target in re.findall(r'#include\s*"(storage/(?:sqlite|memory)/[^"]+)"', text):
            yield f"{path}: names a concrete store ({target})"


def third_party_homes(tree):
    """SQL, libvips, HTTP and YAML each stay in their room."""
    for path, text in sources(tree).items():
        for pattern, homes in HOMES.items():
            if not path.startswith(homes):
                yield from grep(rf"#include\s*<{pattern}", path, text, f"only {', '.join(homes)} may")


def light_headers(tree):
    """No header pulls in a library that costs seconds to compile."""
    for path, text in sources(tree).items():
        if path.endswith(".h"):
            yield from grep(HEAVY, path, text, "heavy include in a header")


def pure_core(tree):
    """The language and the core see no clock, chance, environment, thread or lock."""
    banned = (r"\b(system_clock|steady_clock|high_resolution_clock|SystemClock|random_device|mt19937(_64)?|s?rand|getenv"
              r"|sleep(_for|_until)?|thread|jthread|mutex|async)\b\s*[({<;:&]")
    for path, text in sources(tree, "src/engine/asl/", "src/engine/core/", "src/templates/").items():
        yield from grep(banned, path, without_comments(text), "not in a pure room")


def ordered_core(tree):
    """What the core walks over has the same order in every run."""
    for path, text in sources(tree, "src/engine/core/").items():
        yield from grep(r"\bunordered_(map|set)\b", path, without_comments(text), "its order is chance")


def no_fixed_sleep(tree):
    """Tests wait for what they wait for, never for a while; one polling loop is shared by all."""
    allowed = {"tests/e2e/harness.py", "tests/tidy/rules.py", "tests/tidy/test_house_rules.py"}
    for path, text in tree.items():
        if path.startswith("tests/") and path not in allowed and path.endswith((".py", ".cpp", ".h")):
            yield from grep(r"\b(sleep_for|sleep_until|usleep|nanosleep|time\.sleep|from time import.*sleep)\b", path, text,
                            "a fixed sleep")


def short_files(tree):
    for path, text in sources(tree).items():
        lines = text.count("\n")
        if lines > LINES_MAX:
            yield f"{path}: {lines} lines, {LINES_MAX} are the limit"


def numbered_todos(tree):
    """What is left undone has an issue."""
    for path, text in tree.items():
        if path.startswith(("src/", "tests/", "bench/")) and path.endswith((".h", ".cpp", ".py")) \
                and not path.startswith("tests/tidy/"):
            yield from grep(r"\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))", path, text, "undone without an issue number")


def opening_words(tree):
    """A file opens by saying what it is for, once for a header and its source; a header is guarded."""
    for path, text in sources(tree).items():
        if not text.startswith("//") and path.removesuffix(".cpp") + ".h" not in tree:
            yield f"{path}: does not open with what it is for"
        if path.endswith(".h") and "#pragma once" not in text:
            yield f"{path}: has no #pragma once"


def telling_names(tree):
    """Types are named for what they are."""
    for path, text in sources(tree).items():
        yield from grep(r"\b(class|struct|enum)\s+(class\s+)?\w*(Manager|Helper|Util|Utils|Impl|Data|Info)\b", path,
                        without_comments(text), "a name that says nothing")


# `registry.cpp` is everywhere the list of the things in its folder, and pytest wants its fixtures in `conftest.py`.
SHARED_NAMES = {"registry.cpp", "conftest.py"}


def unique_names(tree):
    """A file's name is enough to find it."""
    places = {}
    for path in tree:
        if path.startswith(("src/", "tests/")):
            places.setdefault(posixpath.basename(path), []).append(path)
    for name, paths in places.items():
        if len(paths) > 1 and name not in SHARED_NAMES:
            yield f"{name}: is the name of {' and '.join(sorted(paths))}"


def registered_folders(tree):
    """Folders of things that the registry.cpp in them names: state types, and the operations of each AWS service."""
    services = {"/".join(p.split("/")[:4]) + "/" for p in tree if re.match(r"src/api/operations/\w+/", p)}
    return ["src/api/s3/operations/", "src/dynamodb/operations/", "src/engine/core/states/", *sorted(services)]


def registered(tree):
    """A state type or an API operation that no list names is never reached."""
    for folder in registered_folders(tree):
        registry = folder + "registry.cpp"
        files = [p for p in tree if p.startswith(folder) and p.endswith(".cpp") and p != registry]
        if files and registry not in tree:
            yield f"{folder}: has no registry.cpp"
            continue
        listed = without_comments(tree.get(registry, "")).lower().replace("_", "")
        for path in files:
            name = posixpath.basename(path)[:-len(".cpp")].lower().replace("_", "")
            if name not in listed:
                yield f"{path}: {registry} does not name it"


def handlers_in_catalog(tree):
    """Each built-in handler that catalog.h promises is made in catalog.cpp."""
    promised = re.search(r"^((?:///.*\n)+)Catalog make_catalog", tree.get("src/tasks/catalog.h", ""), re.M)
    if promised is None:
        yield "src/tasks/catalog.h: does not list the handlers above make_catalog"
        return
    made = tree.get("src/tasks/catalog.cpp", "")
    names = set(re.findall(r"`([a-z]+\.[a-z]+)`", promised.group(1)))
    for name in sorted(names):
        if f'"{name}"' not in made:
            yield f"src/tasks/catalog.cpp: does not make {name}"
    for name in sorted(set(re.findall(r'"([a-z]+\.[a-z]+)"', made)) - names):
        yield f"src/tasks/catalog.h: does not promise {name}"


ALL = [arrows, store_behind_its_door, third_party_homes, light_headers, pure_core, ordered_core, no_fixed_sleep, short_files,
       numbered_todos, opening_words, telling_names, unique_names, registered, handlers_in_catalog]


def linked_arrows(cmake):
    """The arrows as CMakeLists.txt links them: {room: rooms}."""
    found = {}
    for room, arguments in re.findall(r"^stepd_room\((\w+)\s+([^)]*)\)", cmake, re.M):
        rooms = re.search(r"\bROOMS\s+(.*?)(?:\bLIBS\b|$)", arguments, re.S)
        found[room] = set(rooms.group(1).split()) if rooms else set()
    return found
