"""A crowd of connections of one client: others are served, and where that cannot be they are told so at once."""
import contextlib
import http.client
import resource
import socket
import subprocess

import harness
import long_polls


def idle(stepd, count):
    """Connections that ask for nothing; those that the daemon closes stay in the list."""
    sockets = []
    for _ in range(count):
        sockets.append(socket.create_connection(("127.0.0.1", stepd.port), timeout=10))
    return sockets


def ask(stepd, path, source="127.0.0.1"):
    connection = http.client.HTTPConnection("127.0.0.1", stepd.port, timeout=10, source_address=(source, 0))
    with contextlib.closing(connection):
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.getheader("Retry-After"), reply.read()


def with_descriptors(count):
    return ("prlimit", f"--nofile={count}:{count}")


def test_idle_connections_lock_nobody_out(tmp_path):
    config = tmp_path / "stepd.yaml"
    config.write_text("buckets: { uploads: ~ }\nlimits: { connections: 200 }\n")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    with harness.Stepd(config, tmp_path / "data", tmp_path / "log") as stepd, contextlib.ExitStack() as stack:
        for each in idle(stepd, 1_000):
            stack.callback(each.close)
        for source in ("127.0.0.1", "127.0.0.2"):
            assert ask(stepd, "/health", source)[0] == 200
            assert ask(stepd, "/buckets/uploads", source)[0] == 200
        figures = stepd.get("/health").json()["connections"]
        assert figures["open"] <= 140, figures
        assert figures["closedIdle"] >= 800, figures


def test_long_polls_lock_nobody_out(tmp_path):
    config = tmp_path / "stepd.yaml"
    config.write_text("buckets: { uploads: ~ }\nlimits: { connections: 200 }\n")
    with harness.Stepd(config, tmp_path / "data", tmp_path / "log") as stepd, contextlib.ExitStack() as stack:
        activity = stepd.client().create_activity(name="sort")["activityArn"]
        for _ in range(500):
            stack.callback(long_polls.Poller(stepd, activity).vanish)
        harness.wait_until(lambda: stepd.get("/health").json()["connections"]["longPolls"] == 50, "its share of polls to wait")
        for source in ("127.0.0.1", "127.0.0.2"):
            assert ask(stepd, "/buckets/uploads", source)[0] == 200
        refused = long_polls.Poller(stepd, activity)
        stack.callback(refused.vanish)
        assert refused.answer()["__type"] == "ServiceUnavailable"


def test_with_few_descriptors_left_everyone_is_answered(tmp_path):
    config = tmp_path / "stepd.yaml"
    config.write_text("buckets: { uploads: ~ }\nlimits: { connections_per_client: 1000 }\n")
    probe = subprocess.run([*with_descriptors(96), "true"], capture_output=True, check=False)
    assert probe.returncode == 0, probe.stderr
    stepd = harness.Stepd(config, tmp_path / "data", tmp_path / "log", wrapper=with_descriptors(96))
    with stepd, contextlib.ExitStack() as stack:
        activity = stepd.client().create_activity(name="sort")["activityArn"]
        for _ in range(300):
            stack.callback(long_polls.Poller(stepd, activity).vanish)
        for _ in range(20):
            status, retry, body = ask(stepd, "/health")
            assert status == 200 or (status == 503 and retry), (status, body)
            status, retry, body = ask(stepd, "/buckets/uploads")
            assert status == 200 or (status == 503 and retry), (status, body)
        harness.wait_until(lambda: ask(stepd, "/health")[0] == 200, "/health to be answered")
