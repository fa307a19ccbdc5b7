"""stepd as an engine of workflows: STANDARD executions, started by StartExecution and awaited by /executions/ARN/wait."""
import functools
import json

import flow_client
import harness
import peer
from flow_peer import FlowPeer

NAMES = "ABCDE"


def definition(state):
    """Five of the same state in a row."""
    following = [{"Next": name} for name in NAMES[1:]] + [{"End": True}]
    return {"StartAt": NAMES[0], "States": {name: {**state, **after} for name, after in zip(NAMES, following)}}


class StepdFlows(FlowPeer):
    name = "stepd"
    ways = ("stepd, five tasks", "stepd, five Pass states")

    def start(self):
        place = self.place
        folder = place.folder("stepd-flows")
        worker_port = harness.free_port()
        script = peer.ROOT / "bench" / "peers" / "step_worker.mjs"
        worker = self.run(["node", script, worker_port], folder / "worker.log")
        self.await_answer(worker, folder / "worker.log", worker_port)
        machines = {"tasks": definition({"Type": "Task", "Resource": harness.function_arn("step")}), "passes": definition({"Type": "Pass"})}
        (folder / "stepd.yaml").write_text(json.dumps({
            "buckets": {}, "functions": {"step": {"endpoint": f"http://127.0.0.1:{worker_port}"}},
            "state_machines": {name: {"definition": each} for name, each in machines.items()}}))
        self.stepd = harness.Stepd(folder / "stepd.yaml", folder / "data", folder / "log").start()
        self.processes.append(self.stepd.process)
        self.port = self.stepd.port
        self.version = peer.stepd_version(harness.BINARY)
        self.conversations = {way: functools.partial(start_and_wait, start_request(machine)) for way, machine in zip(self.ways, machines)}


def start_request(machine):
    body = {"stateMachineArn": harness.machine_arn(machine), "input": json.dumps(flow_client.INPUT)}
    return flow_client.request("POST", "/", body, content_type="application/x-amz-json-1.0",
                               **{"X-Amz-Target": "AWSStepFunctions.StartExecution"})


def start_and_wait(start):
    answer = yield start
    ended = yield flow_client.request("GET", f"/executions/{json.loads(answer)['executionArn']}/wait?timeout=60")
    if json.loads(ended)["status"] != "SUCCEEDED":
        raise RuntimeError(ended.decode())
