"""The kill loop as a test: 30 kills during 300 executions, and the proof that its judge would have seen a loss."""
import sqlite3

import pytest

import evidence as judge
import kill_loop

EXECUTIONS, KILLS = 300, 30


@pytest.fixture(scope="module")
def loop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loop")
    gathered, met = kill_loop.run(folder, EXECUTIONS, KILLS)
    return folder, gathered, met


def test_thirty_kills_lose_and_double_nothing(loop):
    _, gathered, _ = loop
    assert judge.faults(gathered) == []
    assert len(gathered.ledger) == len(gathered.rows) == EXECUTIONS


def test_the_kills_hit_what_they_were_meant_to_hit(loop):
    _, _, met = loop
    assert met["kills"] == KILLS
    assert met["with work under way"] >= KILLS * 0.8
    assert met["before it answered"] >= KILLS * 0.1   # a third is meant to; a loaded machine answers when it likes
