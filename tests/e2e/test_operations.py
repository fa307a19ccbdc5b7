"""What docs/operations.md promises to whoever runs it: endings, restarts, copies of the data directory, objects over HTTP."""
import json
import shutil
import signal
import socket
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


def test_a_file_that_stays_starts_once_across_restarts_and_again_in_a_copy(serve, tmp_path):
    (tmp_path / "say.asl.json").write_text('{"StartAt":"Say","States":{"Say":{"Type":"Pass","End":true}}}')
    config = """
buckets: { inbox: { watch: true } }
state_machines:
  say: { definition: say.asl.json }
rules:
  all: { pattern: { source: [aws.s3] }, input_path: $.detail.object.key, state_machine: say }
"""
    def inputs(stepd):
        arns = [e["executionArn"] for e in stepd.executions("say")]
        return sorted(json.loads(stepd.client().describe_execution(executionArn=arn)["input"]) for arn in arns)
    stepd = serve(config)
    (stepd.bucket("inbox") / "one").write_text("1")
    harness.wait_until(lambda: inputs(stepd) == ["one"], "the first start")
    for end, name, expected in ((stepd.stop, "three", ["one", "three"]), (stepd.kill, "two", ["one", "three", "two"])):
        end()
        (stepd.bucket("inbox") / name).write_text(name)
        stepd.start()
        harness.wait_until(lambda: name in inputs(stepd), "the start of the one that is new")
        assert inputs(stepd) == expected
    stepd.stop()
    shutil.copytree(stepd.data, tmp_path / "copy")
    copy = serve(stepd.config, data=tmp_path / "copy")
    harness.wait_until(lambda: inputs(copy) == ["one", "one", "three", "three", "two", "two"], "the copied files to start again")


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


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2])
def test_a_signal_that_asks_for_no_end_is_a_line_in_the_log(serve, sent):
    stepd = serve(CONFIG)
    for count in (1, 2):
        stepd.process.send_signal(sent)
        harness.wait_until(lambda count=count: stepd.printed().count(f"{sent.name} changes nothing") == count or stepd.has_ended(),
                           f"line {count} in the log")
        assert not stepd.has_ended(), stepd.printed()
    assert stepd.put_object("originals", "a", b"x").status == 200
    stepd.stop()
    assert "ended" in stepd.printed()


def test_a_second_signal_ends_it_at_once(serve):
    stepd = serve(CONFIG)
    with socket.create_connection(("127.0.0.1", stepd.port)) as upload:   # an answer is owed, so the end would wait
        upload.sendall(b"PUT /buckets/uploads/half.bin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nbegin")
        harness.wait_until(lambda: list(stepd.bucket("uploads").glob(".stepd-tmp/*")), "the upload to begin")
        stepd.process.send_signal(signal.SIGTERM)
        harness.wait_until(lambda: "asked to end" in stepd.printed(), "the end to begin")
        assert stepd.process.poll() is None
        stepd.process.send_signal(signal.SIGTERM)
        assert stepd.process.wait(10) == -signal.SIGTERM
    stepd.process = None
    stepd.start()
    assert stepd.get_object("uploads", "half.bin").status == 404
    assert [path.name for path in stepd.bucket("uploads").iterdir()] in ([], [".stepd-tmp"])


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
