"""One file, two executions: dropped and requested at once. Functions behind an endpoint hold each of them where it matters."""
import contextlib
import http.server
import json
import queue
import re
import threading

import harness
import photos


class Functions:
    """Serves Lambda's Invoke call: every call waits in `calls` until the test answers it."""

    def __init__(self):
        self.calls = queue.Queue()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = queue.Queue()
                outer.calls.put((event, answer.put))
                error, body = answer.get(timeout=harness.WORK_SECONDS)
                text = json.dumps({"errorType": error, "errorMessage": "said by the test"} if error else body).encode()
                self.send_response(200)
                if error:
                    self.send_header("X-Amz-Function-Error", "Unhandled")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def next_call(self):
        return self.calls.get(timeout=harness.WORK_SECONDS)


@contextlib.contextmanager
def functions():
    served = Functions()
    try:
        yield served
    finally:
        served.server.shutdown()
        served.server.server_close()


def configuration(served, name):
    """The product as it comes, except that `name` is served by the test."""
    text = (harness.ROOT / "config" / "stepd.yaml").read_text().replace("../definitions", str(harness.ROOT / "definitions"))
    changed, count = re.subn(rf"(?m)^  {name}:.*\n(?:    .*\n)*", f"  {name}: {{ endpoint: \"{served.url}\" }}\n", text)
    assert count == 1
    return changed


def test_one_that_finds_the_source_gone_leaves_the_others_record(serve):
    with functions() as served:
        stepd = serve(configuration(served, "resizeImage"))
        (stepd.bucket("uploads") / "one.png").write_bytes(photos.png())
        _, answer_first = served.next_call()
        first = stepd.status("one.png")["execution"]
        second = stepd.post("/resize", {"bucket": "uploads", "key": "one.png"}).json()["executionArn"]
        _, answer_second = served.next_call()
        assert stepd.status("one.png")["execution"] == second   # both are past their first record, and at work

        answer_first((None, {"bucket": "resized", "key": "one.png"}))
        assert stepd.finished(first)["status"] == "SUCCEEDED"
        assert stepd.get_object("uploads", "one.png").status == 404
        answer_second(("Object.NotFound", None))
        done = stepd.finished(second)
        assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {"alreadyDone": True})
        item = stepd.status("one.png")
        assert (item["status"], item["execution"]) == ("COMPLETED", first)


def test_one_that_comes_before_the_source_is_deleted_does_not_begin_anew(serve):
    with functions() as served:
        stepd = serve(configuration(served, "deleteObject"))
        path = stepd.bucket("uploads") / "two.png"
        path.write_bytes(photos.png())
        event, answer_first = served.next_call()
        first = stepd.status("two.png")
        assert (first["status"], first["etag"]) == ("COMPLETED", event["etag"])
        second = stepd.post("/resize", {"bucket": "uploads", "key": "two.png"}).json()["executionArn"]
        event, answer_second = served.next_call()
        assert event["etag"] == first["etag"]                   # it goes straight to the deletion
        assert stepd.status("two.png") == first
        path.unlink()
        answer_first((None, {"deleted": True}))
        answer_second((None, {"deleted": True}))
        assert stepd.finished(first["execution"])["status"] == "SUCCEEDED"
        assert json.loads(stepd.finished(second)["output"]) == {"alreadyDone": True}
        assert stepd.status("two.png") == first


def test_a_new_file_of_the_same_name_is_worked_on_again(serve):
    stepd = serve(harness.ROOT / "config" / "stepd.yaml")
    path = stepd.bucket("uploads") / "three.png"
    path.write_bytes(photos.png())
    first = stepd.settled("three.png")
    assert first["status"] == "COMPLETED"
    harness.wait_until(lambda: not path.exists(), "the deletion of the source")
    path.write_bytes(photos.png())
    again = harness.wait_until(lambda: (lambda item: item if item["execution"] != first["execution"] and item["status"] == "COMPLETED"
                                        else None)(stepd.status("three.png")), "the second record")
    assert again["etag"] != first["etag"]


def test_dropped_and_requested_many_at_once_all_end_completed(serve):
    stepd = serve(harness.ROOT / "config" / "stepd.yaml")
    names = [f"p{i}.png" for i in range(10)]
    started = []
    for name in names:
        assert stepd.put_object("uploads", name, photos.png()).status == 200
        started += [stepd.post("/resize", {"bucket": "uploads", "key": name}).json()["executionArn"] for _ in range(3)]
    for arn in started:
        done = stepd.finished(arn)
        assert done["status"] == "SUCCEEDED" or done["error"] == "Object.NotFound", done
    for name in names:
        assert stepd.settled(name)["status"] == "COMPLETED"
        assert stepd.get_object("resized", name).status == 200
