"""What docs/operations.md promises to whoever runs it: endings, restarts, copies of the data directory, objects over HTTP."""
import json
import shutil
import signal
import stat

import pytest

import harness
import photos

CONFIG = harness.ROOT / "config" / "stepd.yaml"
RESTING = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "SecondsPath": "$.seconds", "End": True}}}


def create_resting(stepd):
    return stepd.client().create_state_machine(name="rest", definition=json.dumps(RESTING),
                                               roleArn="arn:aws:iam::123456789012:role/any")["stateMachineArn"]


def test_a_copy_of_a_data_directory_carries_on_elsewhere(serve, tmp_path):
    """Copied after the plug was pulled, which is also what a snapshot of the file system sees."""
    first = serve(CONFIG)
    (first.bucket("uploads") / "photo.jpg").write_bytes(photos.camera())
    item = first.settled("photo.jpg")
    done = first.finished(item["execution"])
    started = first.client().start_execution(stateMachineArn=create_resting(first), name="open", input='{"seconds":2}')["executionArn"]
    first.kill()
    shutil.copytree(first.data, tmp_path / "copy")
    second = serve(CONFIG, data=tmp_path / "copy")
    assert second.finished(started)["status"] == "SUCCEEDED"
    again = second.finished(item["execution"])
    assert (again["output"], again["stopDate"]) == (done["output"], done["stopDate"])
    assert second.status("photo.jpg") == item
    assert second.get_object("originals", "photo.jpg").body == photos.camera()


def test_asked_to_end_it_lets_a_running_task_finish_and_waits_for_no_timer(serve):
    stepd = serve(CONFIG)
    client = stepd.client()
    resting = client.start_execution(stateMachineArn=create_resting(stepd), name="long", input='{"seconds":3600}')["executionArn"]
    (stepd.bucket("uploads") / "photo.jpg").write_bytes(photos.phone())
    harness.wait_until(lambda: stepd.status("photo.jpg"), "the photograph to be taken up")
    stepd.stop()   # fails where it does not end by itself with 0
    assert "ended" in stepd.printed()
    stepd.start()
    assert stepd.client().describe_execution(executionArn=resting)["status"] == "RUNNING"
    assert stepd.settled("photo.jpg")["status"] == "COMPLETED"
    runs = [stepd.client().describe_execution(executionArn=e["executionArn"]) for e in stepd.executions("image-pipeline")]
    assert [run["status"] for run in runs if "photo.jpg" in run["input"]] == ["SUCCEEDED"]


def test_interrupted_at_the_keyboard_it_ends_well_too(serve):
    stepd = serve(CONFIG)
    stepd.process.send_signal(signal.SIGINT)
    assert stepd.process.wait(60) == 0


def test_a_changed_definition_is_the_next_revision_and_what_runs_keeps_its_own(serve, tmp_path):
    text = """
state_machines:
  two-steps: { definition: two-steps.asl.json }
"""
    def definition(answer):
        (tmp_path / "two-steps.asl.json").write_text(json.dumps({"StartAt": "Rest", "States": {
            "Rest": {"Type": "Wait", "Seconds": 2, "Next": "Say"}, "Say": {"Type": "Pass", "Result": answer, "End": True}}}))
    definition("old")
    stepd = serve(text)
    arn = harness.machine_arn("two-steps")
    started = stepd.client().start_execution(stateMachineArn=arn)["executionArn"]
    stepd.stop()
    definition("new")
    stepd.start()
    assert json.loads(stepd.finished(started)["output"]) == "old"
    assert json.loads(stepd.run("two-steps", {})["output"]) == "new"


def test_an_object_over_http_keeps_bytes_type_and_etag(serve):
    stepd = serve(CONFIG)
    put = stepd.put_object("originals", "a/b c.png", photos.png(), "image/png")
    got = stepd.get_object("originals", "a/b c.png")
    assert (got.status, got.body, got.headers["content-type"]) == (200, photos.png(), "image/png")
    assert put.headers["etag"] == got.headers["etag"]
    assert stepd.request("HEAD", stepd.object_path("originals", "a/b c.png")).headers["content-length"] == str(len(photos.png()))
    assert stepd.request("DELETE", stepd.object_path("originals", "a/b c.png")).status == 204
    assert stepd.get_object("originals", "a/b c.png").status == 404


def test_it_listens_where_others_reach_it_only_when_told(tmp_path):
    done = harness.run_stepd("serve", "--config", CONFIG, "--data", tmp_path / "data", "--listen", f"0.0.0.0:{harness.free_port()}")
    assert done.returncode == 2
    assert "--allow-remote" in done.stderr


@pytest.mark.parametrize("told", ["on the command line", "in the configuration"])
def test_told_so_it_listens_where_others_reach_it(tmp_path, told):
    config = tmp_path / "open.yaml"
    config.write_text("buckets: { uploads: }\n" + ("allow_remote: true\n" if told == "in the configuration" else ""))
    stepd = harness.Stepd(config, tmp_path / "data", tmp_path / "stepd.log")
    stepd.listen = "0.0.0.0"
    try:
        stepd.start(*(["--allow-remote"] if told == "on the command line" else []))
        assert stepd.is_healthy()
    finally:
        stepd.stop()


def test_a_data_directory_that_it_makes_is_for_its_owner_alone(serve):
    assert stat.S_IMODE(serve(CONFIG).data.stat().st_mode) == 0o700


def test_a_data_directory_that_was_there_keeps_its_mode(serve, tmp_path):
    (tmp_path / "data").mkdir(mode=0o755)
    assert stat.S_IMODE(serve(CONFIG).data.stat().st_mode) == 0o755
