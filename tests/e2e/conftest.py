"""Fixtures of the end-to-end tests: a daemon with a configuration of one's choice, gone with its data afterwards."""
import contextlib
import pathlib

import pytest

import harness


@pytest.fixture(scope="session", autouse=True)
def binary():
    if not harness.BINARY.exists():
        pytest.exit(f"{harness.BINARY} does not exist: ./dev build makes it", returncode=1)


@pytest.fixture
def serve(tmp_path):
    """serve(configuration) -> a running daemon; a text is written to a file first. More than one may run in a test."""
    with contextlib.ExitStack() as daemons:
        def start(config, data=None, **more):
            if isinstance(config, str):
                path = tmp_path / f"config-{len(list(tmp_path.iterdir()))}.yaml"
                path.write_text(config)
                config = path
            data = pathlib.Path(data or tmp_path / "data")
            return daemons.enter_context(harness.Stepd(config, data, tmp_path / "stepd.log", **more))
        yield start
