"""Fixtures of the end-to-end and fault tests: a daemon with a configuration of one's choice, gone with its data afterwards."""
import contextlib
import pathlib
import subprocess

import pytest

import harness


class Up(harness.Stepd):
    """A daemon that serves a template."""

    def launch(self, *arguments):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [harness.BINARY, "up", self.config, "--data", self.data, "--listen", f"{self.listen}:{self.port}", *self.arguments,
                 *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        return self


@pytest.fixture(scope="session", autouse=True)
def binary():
    if not harness.BINARY.exists():
        pytest.exit(f"{harness.BINARY} does not exist: ./dev build makes it", returncode=1)


@pytest.fixture
def serve(tmp_path):
    """serve(configuration) -> a running daemon; a text is written to a file first, beside `files`, {name: text}. More than one may
    run in a test."""
    with contextlib.ExitStack() as daemons:
        def start(config, data=None, files=None, **more):
            for name, text in (files or {}).items():
                (tmp_path / name).write_text(text)
            if isinstance(config, str):
                path = tmp_path / f"config-{len(list(tmp_path.iterdir()))}.yaml"
                path.write_text(config)
                config = path
            data = pathlib.Path(data or tmp_path / "data")
            return daemons.enter_context(harness.Stepd(config, data, tmp_path / "stepd.log", **more))
        yield start


@pytest.fixture
def with_clients(tmp_path):
    """with_clients(function): what `stepd functions install` would have installed for it, without asking PyPI or npm."""
    def install(*functions):
        for name in functions:
            folder = tmp_path / "data" / "functions" / name
            folder.mkdir(parents=True)
            for kind in ("venv", "node"):
                (folder / kind).symlink_to(harness.CLIENTS)
    return install
