"""What Prometheus reads: /metrics by its own client's parser, the dashboard and the alerts that name its numbers, /livez and /readyz."""
import json
import re

import pytest
import yaml

import harness

prometheus_parser = pytest.importorskip("prometheus_client.parser")

CONFIGURATION = """
buckets: { photos: }
functions:
  head: { handler: object.head, arguments: { bucket: photos, key.$: $.key } }
"""
ROLE = f"arn:aws:iam::{harness.ACCOUNT}:role/r"
NAMES = re.compile(r"\b(?:stepd|process)_[a-z_]+")


@pytest.fixture
def stepd(serve):
    return serve(CONFIGURATION)


def samples(stepd):
    """Each sample by name and labels."""
    answer = stepd.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = {}
    for family in prometheus_parser.text_string_to_metric_families(answer.body.decode()):
        assert family.documentation, family.name
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found, f"{key} stands there twice"
            found[key] = sample.value
    return found


def number(found, metric, **labels):
    return found.get((metric, tuple(sorted(labels.items()))), 0)


def create(stepd, name, definition, kind="STANDARD"):
    stepd.client().create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE, type=kind)


def machine_of_functions(**more):
    task = {"Type": "Task", "Resource": f"arn:aws:lambda:us-east-1:{harness.ACCOUNT}:function:head", "End": True, **more}
    return {"StartAt": "Head", "States": {"Head": task}}


def test_executions_and_their_tasks_are_counted(stepd):
    stepd.put_object("photos", "a.txt", b"hello")
    create(stepd, "heads", machine_of_functions())
    before = samples(stepd)
    assert number(before, "stepd_executions_started_total", state_machine="heads") == 0
    assert stepd.run("heads", {"key": "a.txt"})["status"] == "SUCCEEDED"
    assert stepd.run("heads", {"key": "b.txt"})["status"] == "FAILED"
    found = samples(stepd)
    of_machine = {"state_machine": "heads"}
    assert number(found, "stepd_executions_started_total", **of_machine) == 2
    assert number(found, "stepd_executions_succeeded_total", **of_machine) == 1
    assert number(found, "stepd_executions_failed_total", **of_machine) == 1
    assert number(found, "stepd_states_entered_total", **of_machine) == 2
    assert number(found, "stepd_execution_time_seconds_count", **of_machine) == 2
    of_function = {"function": "head"}
    assert number(found, "stepd_lambda_functions_scheduled_total", **of_function) == 2
    assert number(found, "stepd_lambda_functions_succeeded_total", **of_function) == 1
    assert number(found, "stepd_lambda_functions_failed_total", **of_function) == 1
    assert number(found, "stepd_lambda_function_time_seconds_count", **of_function) == 2
    assert number(found, "stepd_store_commits_total") > number(before, "stepd_store_commits_total")
    assert number(found, "stepd_executions_running") == 0


def test_activities_and_waiting_executions_are_counted(stepd):
    client = stepd.client()
    activity = client.create_activity(name="sort")["activityArn"]
    create(stepd, "sorting", {"StartAt": "Sort", "States": {"Sort": {"Type": "Task", "Resource": activity, "End": True}}})
    stepd.client().start_execution(stateMachineArn=harness.machine_arn("sorting"))
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    found = samples(stepd)
    assert number(found, "stepd_executions_running") == 1
    assert number(found, "stepd_activities_scheduled_total", activity="sort") == 1
    assert number(found, "stepd_activities_started_total", activity="sort") == 1
    assert number(found, "stepd_activity_schedule_time_seconds_count", activity="sort") == 1
    client.send_task_success(taskToken=token, output="{}")
    harness.wait_until(lambda: number(samples(stepd), "stepd_activities_succeeded_total", activity="sort") == 1, "the task's end")
    assert number(samples(stepd), "stepd_activity_run_time_seconds_count", activity="sort") == 1


def test_names_of_users_cannot_flood_it(stepd):
    for count in range(520):
        create(stepd, f"m{count}", {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}, "EXPRESS")
        stepd.client().start_sync_execution(stateMachineArn=harness.machine_arn(f"m{count}"))
    started = [labels for name, labels in samples(stepd) if name == "stepd_executions_started_total"]
    assert len(started) == 501
    assert number(samples(stepd), "stepd_executions_started_total", state_machine="other") == 20


def test_requests_are_counted_by_route_and_not_by_path(stepd):
    for key in ("a", "b", "c"):
        stepd.get(f"/buckets/photos/{key}")
    stepd.get("/nothing/here")
    found = samples(stepd)
    assert number(found, "stepd_http_requests_total", method="GET", route="/buckets/{bucket}/{key...}", status="404") == 3
    assert number(found, "stepd_http_requests_total", method="", route="", status="404") == 1


def test_the_dashboard_and_the_alerts_name_numbers_that_there_are(stepd):
    stepd.put_object("photos", "a.txt", b"hello")
    create(stepd, "heads", machine_of_functions(Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}]))
    stepd.run("heads", {"key": "b.txt"})
    there = {name for name, _ in samples(stepd)}
    there |= set(NAMES.findall((harness.ROOT / "docs" / "metrics.md").read_text()))
    dashboard = json.loads((harness.ROOT / "config" / "grafana" / "stepd.json").read_text())
    rules = yaml.safe_load((harness.ROOT / "config" / "prometheus" / "stepd-alerts.yml").read_text())
    asked = set()
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            asked |= set(NAMES.findall(target["expr"]))
    for group in rules["groups"]:
        for rule in group["rules"]:
            asked |= set(NAMES.findall(rule["expr"]))
            assert rule["annotations"]["summary"]
    assert len(asked) > 15
    assert asked <= there


def test_the_page_lists_every_number(stepd):
    page = set(NAMES.findall((harness.ROOT / "docs" / "metrics.md").read_text()))
    described = {line.split()[2] for line in stepd.get("/metrics").body.decode().splitlines() if line.startswith("# TYPE")}
    assert described - page == set()


def test_liveness_and_readiness(stepd):
    assert stepd.get("/livez").body == b"ok\n"
    assert stepd.get("/readyz").body == b"ok\n"
    (stepd.data / "stepd.db").rename(stepd.data / "elsewhere.db")
    harness.wait_until(lambda: stepd.get("/readyz").status == 503, "the daemon to miss its database")
    assert stepd.get("/livez").status == 200
    (stepd.data / "elsewhere.db").rename(stepd.data / "stepd.db")
    harness.wait_until(lambda: stepd.get("/readyz").status == 200, "the daemon to find its database again")
