"""Labels by a function of the configuration, as a definition from AWS and one of stepd's own ask for them."""
import json

import harness

CONFIGURATION = """
buckets: { photos: }
workers: { tasks: 1 }
labels: { function: tellLabels }
functions:
  tellLabels:
    handler: object.head
    arguments: { bucket.$: $.bucket, key.$: $.key }
    result: { Labels: [ { Name.$: $.result.contentType, Confidence: 90 }, { Name: Thing, Confidence: 50 } ] }
  labelImage: { handler: image.labels }
"""


def run(stepd, name, state, value):
    definition = {"StartAt": "S", "States": {"S": {**state, "End": True}}}
    stepd.client().create_state_machine(name=name, definition=json.dumps(definition), roleArn=f"arn:aws:iam::{harness.ACCOUNT}:role/r")
    return stepd.run(name, value)


def detect(**more):
    return {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rekognition:detectLabels",
            "Parameters": {"Image": {"S3Object": {"Bucket": "photos", "Name.$": "$.key"}}, "MinConfidence": 55}, **more}


def test_rekognitions_labels_are_the_functions(serve):
    stepd = serve(CONFIGURATION)
    stepd.put_object("photos", "a b.png", b"any", "image/png")
    done = run(stepd, "detect", detect(ResultSelector={"names.$": "$.Labels[*].Name", "parents.$": "$.Labels[0].Parents",
                                                       "version.$": "$.LabelModelVersion"}), {"key": "a b.png"})
    assert done["status"] == "SUCCEEDED", done.get("cause")
    assert json.loads(done["output"]) == {"names": ["image/png"], "parents": [], "version": "tellLabels"}
    missing = run(stepd, "missing", detect(), {"key": "none"})
    assert missing["error"] == "Rekognition.InvalidS3ObjectException"


def test_tasks_that_wait_for_labels_leave_threads_to_those_that_find_them(serve):
    stepd = serve(CONFIGURATION)
    stepd.put_object("photos", "p", b"any", "image/png")
    label = {"Type": "Task", "Resource": harness.function_arn("labelImage"), "End": True,
             "Parameters": {"bucket": "photos", "key": "p", "maxLabels": 1}, "ResultSelector": {"all.$": "$.Labels"}}
    each = {"Type": "Map", "ItemsPath": "$", "Iterator": {"StartAt": "L", "States": {"L": label}}}
    done = run(stepd, "many", each, list(range(12)))
    assert done["status"] == "SUCCEEDED", done.get("cause")
    assert json.loads(done["output"]) == [{"all": [{"Name": "image/png", "Confidence": 90}]}] * 12
