"""Tests that need namespaces of their own, which containers and some distributions do not grant."""
import subprocess

import pytest


def skip_unless_it_runs(command, what):
    """Skips the test where `command` fails because `what` is not to be had."""
    tried = subprocess.run(command, capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"{what} is not to be had here: {tried.stderr.strip()}")
