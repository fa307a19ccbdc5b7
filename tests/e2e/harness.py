"""Runs the real binary as a person would: a configuration, a data directory, a port; then asks it over HTTP and by AWS's clients.

It uses nothing of the inside: no table, no journal, no source file. Whatever is awaited is polled for with a deadline.
"""
import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("STEPD_BINARY", ROOT / "build" / "check" / "stepd")).resolve()
# AWS's clients, in current releases: the environment that runs the tests (tests/clients).
CLIENTS = pathlib.Path(sys.prefix)
DEBIANS_AWS = "/usr/bin/aws"
REGION = "us-east-1"
ACCOUNT = "123456789012"
# Generous, because a loaded machine is not a failure; a passing test never waits for them.
START_SECONDS = 60
WORK_SECONDS = 60
PORTS_TRIED = 5
CLOSED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


class TimedOut(AssertionError):
    """What was awaited did not come in time."""


def wait_until(question, what, seconds=WORK_SECONDS, every=0.02):
    """Asks until the answer is true and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimedOut(f"waited {seconds} s for {what}, the last answer was {answer!r}")
        time.sleep(every)


def json_lines(path):
    """The values of a file to which a daemon still appends; the part of a line that it has not finished is left out."""
    path = pathlib.Path(path)
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]] if path.exists() else []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def machine_arn(name):
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def function_arn(name):
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def run_stepd(*arguments, stdin="", seconds=60, cwd=None):
    """One command that ends by itself."""
    return subprocess.run([BINARY, *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=seconds, cwd=cwd)


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)


class Stepd:
    """One daemon: started, stopped and killed by its own process id."""

    def __init__(self, config, data, log, wrapper=(), arguments=()):
        """`wrapper` is a command that becomes stepd in the end, for instance one that limits what it may do; `arguments` follow
        those of every start."""
        self.config = pathlib.Path(config)
        self.data = pathlib.Path(data)
        self.log = pathlib.Path(log)
        self.wrapper = wrapper
        self.arguments = arguments
        self.listen = "127.0.0.1"
        self.port = free_port()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # ---- life ----------------------------------------------------------------------------------------------------

    def launch(self, *arguments):
        """Starts the process and does not wait for it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, BINARY, "serve", "--config", self.config, "--data", self.data, "--listen", f"{self.listen}:{self.port}",
                 *self.arguments, *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        return self

    def start(self, *arguments):
        for _ in range(PORTS_TRIED):
            self.launch(*arguments)
            wait_until(lambda: self.is_healthy() or self.has_ended(), "GET /health", START_SECONDS)
            if not self.has_ended():
                return self
            if "the address is already in use" not in self.printed():
                break
            self.port = free_port()   # another test has taken it between the look and the start
        raise AssertionError(f"stepd ended with {self.process.returncode}:\n{self.printed()}")

    def has_ended(self):
        return self.process is None or self.process.poll() is not None

    def is_healthy(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.request("GET", "/health", seconds=2).status == 200
        return False

    def kill(self):
        """Pulls the plug."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self):
        """Asks it to end, and expects that it does so well."""
        if self.process is None:
            return
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"stepd did not end when asked to:\n{self.printed()}") from None
        assert code == 0, f"stepd ended with {code}:\n{self.printed()}"

    def printed(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    # ---- HTTP ----------------------------------------------------------------------------------------------------

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def request(self, method, path, body=None, headers=None, seconds=30):
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            given = {"Content-Type": "application/json"} if body is not None else {}
            # A refusal may come, and the connection close, before the whole body was sent.
            with contextlib.suppress(BrokenPipeError):
                connection.request(method, path, body, {**given, **(headers or {})})
            reply = connection.getresponse()
            return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        finally:
            connection.close()

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body, **more):
        return self.request("POST", path, body, **more)

    def object_path(self, bucket, key):
        return f"/buckets/{bucket}/{urllib.parse.quote(key)}"

    def put_object(self, bucket, key, body, content_type="application/octet-stream"):
        return self.request("PUT", self.object_path(bucket, key), body, {"Content-Type": content_type})

    def get_object(self, bucket, key):
        return self.get(self.object_path(bucket, key))

    def bucket(self, name):
        """The folder of a local bucket, for a person who drops files."""
        return self.data / "buckets" / name

    # ---- AWS's clients -------------------------------------------------------------------------------------------

    def client(self):
        import boto3
        from botocore.config import Config
        return boto3.client("stepfunctions", endpoint_url=self.url, region_name=REGION, aws_access_key_id="test",
                            aws_secret_access_key="test",
                            config=Config(retries={"max_attempts": 1}, inject_host_prefix=False,
                                          connect_timeout=10, read_timeout=60))

    def aws_environment(self):
        """What a person exports to have AWS's tools ask this daemon."""
        return {**os.environ, "AWS_ENDPOINT_URL_SFN": self.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_PAGER": ""}

    def aws(self, *arguments, program=CLIENTS / "bin" / "aws"):
        """One call of the AWS CLI; answers its parsed output."""
        done = subprocess.run([program, "--endpoint-url", self.url, "--output", "json", *arguments],
                              capture_output=True, text=True, timeout=120, env=self.aws_environment())
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def javascript(self, script):
        """A module that has `client`, an SFNClient, and the commands as `sfn`; answers what it returns."""
        module = ("import * as sfn from '@aws-sdk/client-sfn';\nconst client = new sfn.SFNClient({ disableHostPrefix: true });\n"
                  f"const result = await (async () => {{ {script} }})();\nprocess.stdout.write(JSON.stringify(result ?? null));\n")
        done = subprocess.run([CLIENTS / "bin" / "node", "--input-type=module", "-"], input=module, capture_output=True, text=True,
                              timeout=120, env=self.aws_environment(), cwd=CLIENTS)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def executions(self, machine):
        pages = self.client().get_paginator("list_executions").paginate(stateMachineArn=machine_arn(machine))
        return [execution for page in pages for execution in page["executions"]]

    def finished(self, execution_arn, seconds=WORK_SECONDS):
        """DescribeExecution's answer once the execution is closed."""
        client = self.client()

        def closed():
            description = client.describe_execution(executionArn=execution_arn)
            return description if description["status"] in CLOSED else None
        return wait_until(closed, f"the end of {execution_arn}", seconds)

    def run(self, machine, value, seconds=WORK_SECONDS, **more):
        """Starts an execution by StartExecution and waits for its end."""
        started = self.client().start_execution(stateMachineArn=machine_arn(machine), input=json.dumps(value), **more)
        return self.finished(started["executionArn"], seconds)

    def status(self, key):
        """What the default configuration's status route says of an upload; none while nothing is known."""
        answer = self.get(f"/images/uploads/{urllib.parse.quote(key)}/status")
        return answer.json() if answer.status == 200 else None

    def settled(self, key):
        """The same once it is no longer under way."""
        def judged():
            found = self.status(key)
            return found if found and found["status"] != "RUNNING" else None
        return wait_until(judged, f"the result for {key}")

    def history(self, execution_arn):
        pages = self.client().get_paginator("get_execution_history").paginate(executionArn=execution_arn)
        return [event for page in pages for event in page["events"]]
