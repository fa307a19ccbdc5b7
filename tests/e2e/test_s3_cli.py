"""`aws s3`, as people type it: current and Debian's."""
import os
import urllib.request

import pytest

import harness
import s3_clients
from s3_clients import MIB, aws

PROGRAMS = [harness.CLIENTS / "bin" / "aws", harness.DEBIANS_AWS]


@pytest.fixture
def stepd(serve, tmp_path):
    config = tmp_path / "stepd.yaml"
    config.write_text("listen: 127.0.0.1:0\nbuckets:\n  photos:\n")
    return serve(config)


@pytest.mark.parametrize("program", PROGRAMS, ids=["current", "debians"])
def test_the_cli_copies_lists_synchronises_moves_and_removes(stepd, tmp_path, program):
    if not os.path.exists(program):
        pytest.skip(f"there is no {program}")

    def run(*arguments):
        return aws(stepd, *arguments, program=program)

    tree = tmp_path / "tree"
    (tree / "sub dir").mkdir(parents=True)
    (tree / "a.txt").write_text("a")
    (tree / "sub dir" / "ü.txt").write_text("u")
    large = s3_clients.some_bytes(17 * MIB)
    (tree / "large.bin").write_bytes(large)

    assert "make_bucket: from-cli" in run("s3", "mb", "s3://from-cli")
    run("s3", "sync", tree, "s3://from-cli/tree")
    assert run("s3", "sync", tree, "s3://from-cli/tree").strip() == "", "nothing is left to do"
    listed = run("s3", "ls", "s3://from-cli/tree/")
    assert "PRE sub dir/" in listed and "a.txt" in listed and str(17 * MIB) in listed
    assert len(run("s3", "ls", "--recursive", "s3://from-cli").splitlines()) == 3
    run("s3", "cp", "s3://from-cli/tree/large.bin", tmp_path / "back.bin")
    assert (tmp_path / "back.bin").read_bytes() == large
    run("s3", "cp", "s3://from-cli/tree/large.bin", "s3://photos/copied.bin")
    assert (stepd.bucket("photos") / "copied.bin").read_bytes() == large
    run("s3", "mv", "s3://from-cli/tree/a.txt", "s3://from-cli/moved.txt")
    assert "moved.txt" in run("s3", "ls", "s3://from-cli") and "a.txt" not in run("s3", "ls", "s3://from-cli/tree/")
    url = run("s3", "presign", "s3://from-cli/moved.txt").strip()
    with urllib.request.urlopen(url, timeout=30) as answer:
        assert answer.read() == b"a"
    run("s3", "rm", "--recursive", "s3://from-cli")
    run("s3", "rb", "s3://from-cli")
    assert "from-cli" not in run("s3", "ls")
