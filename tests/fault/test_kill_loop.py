"""The kill loop as a test: 30 kills during 300 executions, and the proof that its judge would have seen a loss."""
import dataclasses
import shutil
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


@pytest.mark.parametrize("loss, says", [
    ("DELETE FROM event WHERE (execution, number) IN (SELECT execution, min(number) FROM event GROUP BY execution "
     "ORDER BY execution DESC LIMIT 1)", "its journal counts"),
    ("DELETE FROM event WHERE execution = (SELECT max(id) FROM execution)", "its journal counts"),
    ("DELETE FROM execution WHERE id = (SELECT max(id) FROM execution)", "not in the database"),
    ("UPDATE execution SET status = 3 WHERE id = (SELECT max(id) FROM execution)", "the database says another status"),
    ("DELETE FROM item WHERE key = (SELECT max(key) FROM item)", "0 items"),
])
def test_a_loss_in_the_database_itself_is_seen(loop, tmp_path, loss, says):
    folder, gathered, _ = loop
    for path in (folder / "data").glob("stepd.db*"):
        shutil.copy(path, tmp_path)
    database = sqlite3.connect(tmp_path / "stepd.db")
    with database:
        assert database.execute(loss).rowcount > 0
    database.close()
    rows, numbers, items, integrity = kill_loop.read_database(tmp_path)
    tampered = dataclasses.replace(gathered, rows=rows, numbers=numbers, items=items, integrity=integrity)
    assert any(says in fault for fault in judge.faults(tampered))
