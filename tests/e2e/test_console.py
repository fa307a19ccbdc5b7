"""The console over HTTP: how its files are served, what its data says, and who is refused. test_console_browser.py looks at the pages."""
import gzip
import json
import re
import socket
import struct

import pytest

import harness

ROLE = f"arn:aws:iam::{harness.ACCOUNT}:role/stepd"
CONFIGURATION = harness.ROOT / "config" / "stepd.yaml"
API = "/console/api/"


def call(stepd, operation, **request):
    answer = stepd.request("POST", "/", request, {"X-Amz-Target": f"AWSStepFunctions.{operation}", "Content-Type": "application/x-amz-json-1.0"})
    assert answer.status == 200, answer.body
    return answer.json()


def create(stepd, name, definition, kind="STANDARD"):
    return call(stepd, "CreateStateMachine", name=name, definition=json.dumps(definition), roleArn=ROLE, type=kind)


def start(stepd, machine, name=None, given="{}"):
    more = {"name": name} if name else {}
    return call(stepd, "StartExecution", stateMachineArn=harness.machine_arn(machine), input=given, **more)["executionArn"]


def ended(stepd, arn):
    def look():
        told = call(stepd, "DescribeExecution", executionArn=arn)
        return told if told["status"] in harness.CLOSED else None
    return harness.wait_until(look, f"the end of {arn}")


def data(stepd, path):
    answer = stepd.get(API + path)
    assert answer.status == 200, answer.body
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


PASSES = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"x": 1}, "ResultPath": "$.a", "Next": "B"}, "B": {"Type": "Succeed"}}}
FAILS = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "My.Error", "Cause": "for a reason"}}}


def test_the_files_are_compressed_kept_for_good_and_change_their_address(serve):
    stepd = serve(CONFIGURATION)
    page = stepd.request("GET", "/console/", headers={"Accept-Encoding": "gzip"})
    assert page.status == 200 and page.headers["content-encoding"] == "gzip" and page.headers["cache-control"] == "no-cache"
    assert page.headers["vary"] == "Accept-Encoding"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "require-trusted-types-for 'script'" in policy
    plain = stepd.get("/console/executions/any/page")
    assert "content-encoding" not in plain.headers and plain.body == gzip.decompress(page.body)
    assert plain.headers["etag"] != page.headers["etag"], "a strong tag is one encoding's"
    again = stepd.request("GET", "/console/", headers={"Accept-Encoding": "gzip", "If-None-Match": page.headers["etag"]})
    assert again.status == 304 and not again.body
    files = set(re.findall(rb'(?:href|src)="(/console/files/[^"]+)"', plain.body))
    assert len(files) > 10
    for file in files:
        answer = stepd.request("GET", file.decode(), headers={"Accept-Encoding": "gzip"})
        assert answer.status == 200 and "immutable" in answer.headers["cache-control"], file
    stale = re.sub(rb"/files/[0-9a-f]+/", b"/files/0000000000000000/", sorted(files)[0])
    assert stepd.get(stale.decode()).status == 404, "an address of another build"


def test_everything_together_is_small():
    web = harness.ROOT / "web"
    packed = sum(len(gzip.compress(file.read_bytes(), 9)) for file in web.rglob("*") if file.is_file())
    assert packed < 300_000, packed


def test_the_root_leads_browsers_to_the_console_and_nobody_else(serve):
    stepd = serve(CONFIGURATION)
    led = stepd.request("GET", "/", headers={"Accept": "text/html,application/xhtml+xml"})
    assert (led.status, led.headers["location"]) == (303, "/console/")
    assert stepd.get("/").status != 303
    assert (stepd.get("/console").status, stepd.get("/console").headers["location"]) == (308, "/console/")


def test_foreign_pages_and_hosts_are_refused(serve):
    stepd = serve(CONFIGURATION)
    assert stepd.request("GET", "/console/", headers={"Host": "evil.example"}).status == 421
    assert stepd.request("GET", API + "frame", headers={"Origin": "http://evil.example"}).status == 403
    assert stepd.request("GET", API + "frame", headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    draft = json.dumps(PASSES)
    assert stepd.request("POST", API + "draft", draft, {"Content-Type": "text/plain"}).status == 415, "a form could send this"
    assert stepd.request("POST", API + "draft", draft, {"X-Stepd-Console": "1"}).status == 200


def test_no_route_of_a_configuration_lies_beneath_the_console(tmp_path):
    config = tmp_path / "c.yaml"
    definition = tmp_path / "d.json"
    definition.write_text(json.dumps(PASSES))
    config.write_text("state_machines: { m: { definition: d.json } }\nroutes: { start: { /console/x: { state_machine: m } } }\n")
    told = harness.run_stepd("validate", config)
    assert told.returncode == 1 and "the server's own" in told.stdout + told.stderr


def test_a_list_is_within_its_filters_and_counts_by_status(serve):
    stepd = serve(CONFIGURATION)
    create(stepd, "passes", PASSES)
    create(stepd, "fails", FAILS)
    good = [start(stepd, "passes", f"good-{i}") for i in range(5)]
    bad = start(stepd, "fails", "bad-1")
    for arn in [*good, bad]:
        ended(stepd, arn)
    everything = data(stepd, "executions")
    assert [e["name"] for e in everything["executions"]] == ["bad-1", *(f"good-{i}" for i in reversed(range(5)))]
    assert everything["counts"] == {"SUCCEEDED": 5, "FAILED": 1}
    failed = everything["executions"][0]
    assert (failed["error"], failed["cause"]) == ("My.Error", "for a reason")
    assert [e["name"] for e in data(stepd, "executions?status=FAILED")["executions"]] == ["bad-1"]
    assert [e["name"] for e in data(stepd, "executions?error=My.")["executions"]] == ["bad-1"]
    assert [e["name"] for e in data(stepd, "executions?q=ood-3")["executions"]] == ["good-3"]
    assert data(stepd, "executions?machine=passes")["counts"] == {"SUCCEEDED": 5}
    page = data(stepd, "executions?count=2&machine=passes")
    assert [e["name"] for e in page["executions"]] == ["good-4", "good-3"]
    assert [e["name"] for e in data(stepd, f"executions?count=2&machine=passes&before={page['next']}")["executions"]] == ["good-2", "good-1"]
    third = next(e for e in everything["executions"] if e["name"] == "good-2")["startedAt"]
    assert {e["name"] for e in data(stepd, f"executions?from={third + 1}")["executions"]} <= {"good-3", "good-4", "bad-1"}
    assert {e["name"] for e in data(stepd, f"executions?to={third}")["executions"]} >= {"good-0", "good-1", "good-2"}
    assert data(stepd, "executions?from=99999999999999")["executions"] == []


def test_the_counts_follow_a_redrive_and_a_deletion(serve):
    stepd = serve(CONFIGURATION)
    create(stepd, "fails", FAILS)
    arn = start(stepd, "fails", "one")
    ended(stepd, arn)
    call(stepd, "RedriveExecution", executionArn=arn)
    ended(stepd, arn)
    assert data(stepd, "executions?machine=fails")["counts"] == {"FAILED": 1}
    call(stepd, "DeleteStateMachine", stateMachineArn=harness.machine_arn("fails"))
    assert data(stepd, "executions")["counts"] == {}


def test_an_execution_shows_each_state_and_the_way_between(serve):
    stepd = serve(CONFIGURATION)
    create(stepd, "caught", {"StartAt": "Try", "States": {
        "Try": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "headObject", "Payload": {"bucket": "uploads", "key": "none"}},
                "Retry": [{"ErrorEquals": ["Object.NotFound"], "MaxAttempts": 1, "IntervalSeconds": 1}],
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Mend"}], "Next": "Never"},
        "Mend": {"Type": "Pass", "End": True}, "Never": {"Type": "Succeed"}}})
    arn = start(stepd, "caught", "one", '{"a": 1}')
    ended(stepd, arn)
    told = data(stepd, "executions/caught/one")
    states = {state["name"]: state for state in told["states"]}
    assert list(states) == ["Try", "Mend"]
    assert states["Try"]["fate"] == "caught" and states["Try"]["retries"] == 1 and states["Try"]["error"] == "Object.NotFound"
    assert len(states["Try"]["visits"][0]["attempts"]) == 2
    assert states["Mend"]["fate"] == "succeeded"
    graph = data(stepd, "executions/caught/one/graph")
    assert (graph["shown"], graph["states"]) == (2, 3) and ["Try", "Mend"] in graph["ways"]
    assert data(stepd, "executions/caught/one/graph?show=all")["shown"] == 3
    visit = data(stepd, f"executions/caught/one/state?event={states['Try']['visits'][0]['event']}")
    assert visit["caught"] and visit["next"] == "Mend" and json.loads(visit["output"])["error"]["Error"] == "Object.NotFound"
    assert [attempt.get("error") for attempt in visit["attempts"]] == ["Object.NotFound"] * 2
    rows = data(stepd, "executions/caught/one/events?from=3&count=2")
    assert [row["number"] for row in rows["events"]] == [3, 4] and rows["all"] == told["events"]
    assert all(row["state"] == "Try" for row in rows["events"])
    assert stepd.get(API + "executions/caught/nobody").status == 404
    assert "EXPRESS" in stepd.get(API + "executions/caught/nobody").json()["error"]


def test_pictures_that_an_execution_read_and_wrote_have_thumbnails(serve):
    stepd = serve(CONFIGURATION)
    assert stepd.put_object("uploads", "a.jpg", sample("upside-down.jpg")).status == 200
    assert stepd.put_object("uploads", "b.jpg", sample("cut-off.jpg")).status == 200
    listed = harness.wait_until(lambda: [e for e in data(stepd, "executions")["executions"] if e["status"] in harness.CLOSED][1:], "two executions")
    assert listed
    rows = data(stepd, "executions")["executions"]
    good = next(e for e in rows if e["name"].startswith("a-jpg"))
    objects = data(stepd, f"executions/{good['machine']}/{good['name']}/objects")["objects"]
    by = {(o["bucket"], o["key"]): o for o in objects}
    assert not by[("uploads", "a.jpg")]["written"] and "etag" not in by[("uploads", "a.jpg")], "it is gone by now"
    written = by[("resized", "a.jpg")]
    assert written["written"] and written["size"] > 0
    thumbnail = stepd.get(f"{API}thumbnails/resized/a.jpg?etag={written['etag']}&w=160")
    assert thumbnail.status == 200 and thumbnail.headers["content-type"] == "image/webp" and thumbnail.body[8:12] == b"WEBP"
    assert "immutable" in thumbnail.headers["cache-control"] and "sandbox" in thumbnail.headers["content-security-policy"]
    assert int(thumbnail.headers["x-source-width"]) > 0
    assert stepd.get(f"{API}thumbnails/resized/a.jpg?etag={written['etag']}&w=160").body == thumbnail.body
    assert stepd.get(f"{API}thumbnails/resized/a.jpg?etag=another").status == 404
    assert stepd.put_object("originals", "text.jpg", b"no picture at all").status == 200
    refused = stepd.get(f"{API}thumbnails/originals/text.jpg")
    assert refused.status == 422 and refused.json()["error"].startswith("Image."), refused.body


def sample(name):
    return (harness.ROOT / "web" / "samples" / name).read_bytes()


def test_a_draft_is_told_every_fault_with_its_position(serve):
    stepd = serve(CONFIGURATION)
    def draft(text, kind="yaml"):
        return stepd.request("POST", f"{API}draft?format={kind}", text, {"X-Stepd-Console": "1"}).json()
    told = draft("StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: B\n")
    errors = [fault for fault in told["faults"] if fault["severity"] == "error"]
    assert errors and errors[0]["line"] == 5
    assert any(state["type"] == "Missing" for state in told["plan"]["states"])
    assert draft(json.dumps(PASSES), "json")["faults"] == []
    assert draft("{", "json")["faults"][0]["message"]


@pytest.mark.parametrize("page", ["frame", "start", "machines", "machines/image-pipeline", "inventory", "tables/images", "topics/notices", "health"])
def test_every_page_has_its_data(serve, page):
    assert data(serve(CONFIGURATION), page)


class Stream:
    """One stream of server-sent events, read from its socket."""

    def __init__(self, stepd, topics="all", after=""):
        self.socket = socket.create_connection(("127.0.0.1", stepd.port), timeout=30)
        more = f"Last-Event-ID: {after}\r\n" if after else ""
        self.socket.sendall(f"GET {API}stream?topics={topics} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode())
        self.read = b""
        self.head = self.until(b"\r\n\r\n")

    def until(self, mark):
        while mark not in self.read:
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError(self.read)
            self.read += piece
        part, self.read = self.read.split(mark, 1)
        return part.decode()

    def message(self):
        """(event, data, id) of the next message."""
        while True:
            lines = dict(line.split(": ", 1) for line in self.until(b"\n\n").splitlines() if ": " in line)
            if lines:
                return lines["event"], json.loads(lines["data"]), lines["id"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def test_a_stream_tells_of_starts_and_ends_and_goes_on_where_it_was(serve):
    stepd = serve(CONFIGURATION)
    create(stepd, "passes", PASSES)
    with Stream(stepd) as stream:
        assert "text/event-stream" in stream.head and "Content-Length" not in stream.head
        assert stream.message()[0] == "hello"
        arn = start(stepd, "passes", "one")
        seen = []
        while not seen or seen[-1]["status"] != "SUCCEEDED":
            event, rows, position = stream.message()
            assert event == "turns"
            seen += [row for row in rows if row["arn"] == arn]
    start(stepd, "passes", "two")
    with Stream(stepd, after=position) as stream:
        event, rows, _ = stream.message()
        assert event == "turns" and any(row["arn"].endswith(":two") for row in rows), (event, rows)
    for lost in ("1-1", "nonsense", position.split("-")[0] + "-99999999"):
        with Stream(stepd, after=lost) as stream:
            assert stream.message()[0] == "reset", lost


def test_streams_end_with_the_daemon_hold_no_worker_and_are_limited(serve):
    stepd = serve(CONFIGURATION)
    streams = [Stream(stepd) for _ in range(64)]
    for stream in streams:
        assert stream.message()[0] == "hello"
    assert stepd.get(API + "stream").status == 503, "the sixty-fifth"
    assert data(stepd, "health")["streams"] == 64, "disk workers are free"
    streams.pop().socket.close()
    harness.wait_until(lambda: data(stepd, "health")["streams"] == 63, "that the place is free again")
    stepd.stop()
    for stream in streams:
        with pytest.raises((EOFError, ConnectionError)):
            stream.message()


def test_a_graph_is_drawn_on_the_command_line(tmp_path):
    definition = tmp_path / "d.asl.yaml"
    definition.write_text((harness.ROOT / "definitions" / "image-pipeline.asl.yaml").read_text())
    svg = harness.run_stepd("graph", definition)
    assert svg.returncode == 0 and svg.stdout.startswith("<svg") and "<script" not in svg.stdout
    drawn = tmp_path / "x.svg"
    assert harness.run_stepd("graph", definition, "-o", drawn).returncode == 0 and drawn.read_text() == svg.stdout
    picture = tmp_path / "x.png"
    assert harness.run_stepd("graph", definition, "-o", picture).returncode == 0
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    wanted = [2 * int(side) for side in re.search(r'width="(\d+)" height="(\d+)"', svg.stdout).groups()]
    assert [width, height] == wanted
    mermaid = harness.run_stepd("graph", definition, "-o", "mermaid")
    assert mermaid.stdout.startswith("stateDiagram-v2") and "[*] -->" in mermaid.stdout
    (tmp_path / "empty.json").write_text("{}")
    assert harness.run_stepd("graph", tmp_path / "empty.json").returncode == 2
