"""What no route wants, to every route of every example: an answer that says why, and never 500."""
import urllib.parse

import pytest

import harness

BODIES = [b"{}", b"[]", b"null", b'"x"', b"", b"\xff\xfe\x80", b"1", b"true", b"{", b'{"Records":null}', b'{"Records":[{}]}', b'{"Records":{}}',
          b'{"input":"{}"}', b'{"input":null}', b'{"bucket":1,"key":[]}', b"\xef\xbb\xbf{}", b'{"a":"\\ud800"}', b"{}\x00x", b"[" * 2000]
CONFIGS = sorted([harness.ROOT / "config" / "stepd.yaml", *(harness.ROOT / "config" / "examples").rglob("*.yaml")])


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: str(path.relative_to(harness.ROOT / "config")))
def test_no_body_makes_a_route_fail(serve, config):
    stepd = serve(config)
    tried = 0
    for pattern, methods in stepd.get("/openapi.json").json()["paths"].items():
        for method in methods:
            if method.upper() not in ("POST", "PUT", "PATCH"):
                continue
            tried += 1
            path = urllib.parse.quote(pattern.replace("{bucket}", "uploads").replace("{", "").replace("}", ""))
            for body in BODIES:
                for extra in ({}, {"X-Amz-Target": "AWSStepFunctions.StartExecution"}):
                    kind = "application/x-amz-json-1.0" if pattern == "/" else "application/json"
                    answer = stepd.request(method.upper(), path, body, {"Content-Type": kind, **extra})
                    assert answer.status != 500, (method, pattern, body, answer)
                    assert answer.status < 500 or answer.status in (501, 503), (method, pattern, body, answer)
    assert tried > 1
    assert stepd.get("/health").status == 200
    assert "internal error" not in stepd.printed()
