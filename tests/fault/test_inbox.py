"""The inbox against the world: kills while it scans, a daemon that sleeps through a flood, folders that go and come, no watches left.

Numbers are a tenth of the full matrix; STEPD_TEST_SCALE=1 runs all of it.
"""
import collections
import json
import os
import random
import shutil
import signal
import sys
import threading

import pytest

import harness
import namespaces

SCALE = float(os.environ.get("STEPD_TEST_SCALE", "0.1"))
CONFIG = """
buckets:
  uploads: { watch: true, settle: 50ms, rescan: 1s }
rules:
  any: { pattern: { source: [aws.s3] }, input_path: $.detail.object.key, state_machine: note }
state_machines:
  note: { definition: note.asl.json }
"""
NOTE = {"StartAt": "Noted", "States": {"Noted": {"Type": "Pass", "End": True}}}


class Inbox:
    def __init__(self, folder, wrapper=()):
        (folder / "note.asl.json").write_text(json.dumps(NOTE))
        config = folder / "stepd.yaml"
        config.write_text(CONFIG)
        self.stepd = harness.Stepd(config, folder / "data", folder / "stepd.log", wrapper)
        self.folder = self.stepd.bucket("uploads")
        self.folder.mkdir(parents=True)

    def drop(self, name, text=None):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name if text is None else text)

    def arrivals(self):
        return self.stepd.printed().count(" arrived: ")

    def keys(self):
        """Key -> how many executions it started."""
        client = self.stepd.client()
        return collections.Counter(json.loads(client.describe_execution(executionArn=e["executionArn"])["input"])
                                   for e in self.stepd.executions("note"))

    def wait_for(self, count, seconds=120):
        harness.wait_until(lambda: len(self.stepd.executions("note")) >= count, f"{count} executions", seconds, every=0.2)

    def expect_once_each(self, names):
        """Also after a restart, by the time that a file has been taken up which came last."""
        self.wait_for(len(names))
        self.stepd.stop()
        self.stepd.start()
        self.drop("the-last-one")
        self.wait_for(len(names) + 1)
        assert self.keys() == collections.Counter({name: 1 for name in [*names, "the-last-one"]})


@pytest.fixture
def inbox(tmp_path):
    made = []

    def make(wrapper=()):
        made.append(Inbox(tmp_path, wrapper))
        return made[-1]
    yield make
    for each in made:
        each.stepd.kill()


def test_kills_while_it_scans_lose_and_double_no_file(inbox):
    files, kills, seed = max(4000, round(6000 * SCALE)), 20, int.from_bytes(os.urandom(4), "big")
    print(f"{files} files, {kills} kills, seed {seed}", file=sys.stderr)
    chance = random.Random(seed)
    box = inbox()
    names = [f"{chance.choice(['', 'a/', 'a/b/'])}{i:05}" for i in range(files)]
    share = files // kills
    amid = 0
    for number in range(kills):
        for name in names[number * share:(number + 1) * share]:   # while nobody looks
            box.drop(name)
        seen = box.arrivals()
        box.stepd.launch()
        harness.wait_until(lambda before=seen: box.arrivals() > before, "the scan", every=0.001)
        threading.Event().wait(chance.uniform(0, 0.003))   # the one thing here that is about time itself: when the plug is pulled
        box.stepd.kill()
        amid += box.arrivals() - seen < share
    box.stepd.start()
    print(f"{amid} of {kills} kills hit a scan that had not come to its end", file=sys.stderr)
    box.expect_once_each(names)
    assert amid >= 1


def test_a_flood_that_comes_while_it_sleeps_is_taken_up_when_it_wakes(inbox):
    box = inbox()
    box.stepd.start()
    box.stepd.process.send_signal(signal.SIGSTOP)
    names = [f"{i:05}" for i in range(round(12_000 * SCALE))]   # at full scale more than the kernel keeps events for
    for name in names:
        box.drop(name)
    box.stepd.process.send_signal(signal.SIGCONT)
    box.expect_once_each(names)


def test_a_folder_that_goes_and_comes_back_is_an_inbox_again_and_a_link_in_its_place_is_none(inbox, tmp_path):
    box = inbox()
    box.stepd.start()
    box.drop("first")
    box.wait_for(1)
    shutil.rmtree(box.folder)
    harness.wait_until(lambda: "its directory is missing" in box.stepd.printed(), "a word about the loss")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("of somebody else")
    box.folder.symlink_to(outside)
    box.stepd.stop()
    box.stepd.start()   # also not by a daemon that begins with the link
    box.folder.unlink()
    box.folder.mkdir()
    box.drop("second")
    box.wait_for(2)
    box.drop("deep/er/third")
    box.wait_for(3)
    assert box.keys() == {"first": 1, "second": 1, "deep/er/third": 1}


@pytest.mark.parametrize("limit, says", [("max_inotify_watches", "max_user_watches"), ("max_inotify_instances", "no inotify instance")])
def test_without_watches_files_are_found_by_scanning(inbox, limit, says):
    """The limits of a user namespace of its own (namespaces(7)), which go with it."""
    left = {"max_inotify_watches": 2, "max_inotify_instances": 0}[limit]
    limited = ["unshare", "--user", "--map-root-user", "sh", "-c", f'echo {left} > /proc/sys/user/{limit} && exec "$@"', "sh"]
    namespaces.skip_unless_it_runs([*limited, "true"], "a user namespace")
    box = inbox(limited)
    names = [f"{i}/{i}" for i in range(8)]
    for name in names:
        box.drop(name)
    box.stepd.start()
    box.wait_for(8)
    assert says in box.stepd.printed()
    for i in range(8):
        names.append(f"{i}/later")
        box.drop(names[-1])
    box.expect_once_each(names)
