"""Systems A and E from templates, with code in the style of the originals and AWS's own clients; B, C and D are in test_functions.py."""
import json
import shutil
import subprocess
import time
import urllib.parse

import pytest

import harness
import photos
import systems
import wires
from serving import Up

PROJECTS = harness.ROOT / "tests" / "e2e" / "projects"
DEFINITIONS = harness.ROOT / "definitions"
SHARP = harness.CLIENTS / "node_modules" / "sharp"


@pytest.fixture
def project(tmp_path, with_clients):
    """project(name, definition, *arguments) -> a running `stepd up` of that project."""
    daemons = []

    def begin(name, definition, *arguments):
        folder = tmp_path / name
        template = folder / f"{name}-sam.yaml"
        shutil.copytree(PROJECTS / name, folder)
        # As it is, but for the time that a loaded machine may need.
        text = (DEFINITIONS / definition).read_text().replace("TimeoutSeconds: 3\n", "TimeoutSeconds: 60\n")
        (folder / f"statemachine.asl{(DEFINITIONS / definition).suffix}").write_text(text)
        harness.run_stepd("convert", template, "-o", tmp_path / "converted.yaml")
        listed = harness.run_stepd("functions", "list", "--config", tmp_path / "converted.yaml", "--data", tmp_path / "data").stdout
        with_clients(*[line.split("\t")[0] for line in listed.splitlines()])
        daemons.append(Up(template, tmp_path / "data", tmp_path / "log", arguments=("--no-install", *arguments)).__enter__())
        return daemons[-1]
    yield begin
    for daemon in daemons:
        daemon.__exit__(None, None, None)


def log_of(stepd, group):
    return harness.json_lines(stepd.data / "logs" / (group.replace("/", "+") + ".log"))


# ---- A ------------------------------------------------------------------------------------------------------------------------------

SOURCE, DESTINATION = "lab-s3-source-bucket-123456789012", "lab-s3-destination-bucket-123456789012"
MACHINE_LOG = "/aws/vendedlogs/ImageProcessorStateMachine-Logs"
SHRINK = """
import sharp from 'sharp';
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
process.stdout.write(await sharp(Buffer.concat(chunks)).resize({ width: 150 }).toBuffer());
"""


def shrunk_by_sharp(photo):
    done = subprocess.run([harness.CLIENTS / "bin" / "node", "--input-type=module", "-e", SHRINK], input=photo, capture_output=True,
                          timeout=60, cwd=harness.CLIENTS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def output_of(stepd, key):
    """Of the execution that the file has started, once it has ended."""
    def found():
        mine = {line["execution_arn"] for line in log_of(stepd, MACHINE_LOG)
                if line["type"] == "ExecutionStarted" and json.loads(line["details"]["input"])["lambdaEvent"]["s3"]["object"]["key"] == key}
        ends = [line for line in log_of(stepd, MACHINE_LOG)
                if line["execution_arn"] in mine and line["type"] in ("ExecutionSucceeded", "ExecutionFailed")]
        return ends or None
    end, = harness.wait_until(found, f"the end of the execution of {key}", 120)
    assert end["type"] == "ExecutionSucceeded", (end, stepd.printed()[-3000:])
    return json.loads(end["details"]["output"])


@pytest.mark.skipif(not SHARP.exists(), reason="needs sharp, of tests/clients")
def test_system_a_runs_from_its_template_and_its_thumbnail_is_sharps(project):
    stepd = project("image-processor", "image-processor/statemachine.asl.yaml")
    s3 = wires.client(stepd, "s3")
    s3.put_object(Bucket=SOURCE, Key="sample-image-1.jpeg", Body=photos.camera(), ContentType="image/jpeg")
    output = output_of(stepd, "sample-image-1.jpeg")
    assert list(output) == ["fileType", "images", "writeStatus", "deletionStatus"]
    systems.envelope(output["fileType"], "jpeg")
    systems.envelope(output["images"][0]["original"], {"region": "us-east-1", "bucket": DESTINATION, "key": "sample-image-1.jpeg"})
    systems.envelope(output["images"][1]["resized"], {"region": "us-east-1", "bucket": DESTINATION, "key": "sample-image-1-small.jpeg"})
    systems.envelope(output["writeStatus"], True)
    systems.envelope(output["deletionStatus"], True)
    assert s3.get_object(Bucket=DESTINATION, Key="sample-image-1.jpeg")["Body"].read() == photos.camera()
    small = s3.get_object(Bucket=DESTINATION, Key="sample-image-1-small.jpeg")
    assert small["Body"].read() == shrunk_by_sharp(photos.camera())
    assert small["ContentType"] == "image/jpeg"
    assert "Contents" not in s3.list_objects_v2(Bucket=SOURCE)
    item, = wires.client(stepd, "dynamodb").scan(TableName="thumbnails")["Items"]
    assert item["original"] == {"S": f"us-east-1|{DESTINATION}|sample-image-1.jpeg"}
    assert item["thumbnail"] == {"S": f"us-east-1|{DESTINATION}|sample-image-1-small.jpeg"}
    assert abs(int(item["timestamp"]["N"]) / 1000 - time.time()) < 300

    s3.put_object(Bucket=SOURCE, Key="sample-data.csv", Body=b"a,b\n")
    output = output_of(stepd, "sample-data.csv")
    assert list(output) == ["fileType", "deletionStatus"]
    systems.envelope(output["fileType"], "csv")
    assert "Contents" not in s3.list_objects_v2(Bucket=SOURCE)


# ---- E ------------------------------------------------------------------------------------------------------------------------------

UPLOADS, THUMBNAILS = "image-uploads-bucket-us-east-1-2025", "thumbnails-bucket-us-east-1-2025"


def metadata_pipeline(project, *arguments):
    return project("metadata-pipeline", "metadata-pipeline/statemachine.asl.json", *arguments)


def uploaded(stepd, key, content):
    wires.client(stepd, "s3").put_object(Bucket=UPLOADS, Key=key, Body=content)
    return systems.ended(stepd, "ImageProcessingWorkflow", lambda given: given["object"]["key"] == key)[0]


def told(stepd):
    return harness.json_lines(stepd.data / "topics" / "ImageProcessingNotifications.jsonl")


def test_system_e_runs_from_its_template(project):
    stepd = metadata_pipeline(project)
    done = uploaded(stepd, "uploads/beach.JPG", photos.camera())
    assert done["status"] == "SUCCEEDED", (done, stepd.printed()[-3000:])
    assert list(json.loads(done["output"])) == ["MessageId", "SdkHttpMetadata", "SdkResponseMetadata"]
    assert json.loads(done["input"])["bucket"] == {"name": UPLOADS}
    answer = stepd.get("/images/uploads/beach.JPG/status")
    systems.expect_described_beach(answer, UPLOADS, THUMBNAILS)
    for size, side in (("100x100", (100, 75)), ("640x480", (640, 480))):
        small = wires.client(stepd, "s3").get_object(Bucket=THUMBNAILS, Key=f"thumbnails/beach_{size}.jpeg")
        assert (photos.open_image(small["Body"].read()).size, small["ContentType"]) == (side, "image/jpeg")
    message, = told(stepd)
    assert message["subject"] == "SUCCESS: Image Processing Complete"
    assert message["text"] == "Image processing for S3 object [uploads/beach.JPG] completed successfully. Overall status: COMPLETED."


def test_system_e_tells_of_what_fails_and_goes_on_without_labels(project):
    stepd = metadata_pipeline(project, "--parameter", "UseRekognition=true")
    done = uploaded(stepd, "uploads/notes.txt", b"words")
    assert (done["status"], done["error"]) == ("FAILED", "ImageProcessingPipelineError")
    message, = told(stepd)
    assert message["subject"] == "FAILURE: Image Processing Error"
    assert message["text"].startswith('Image Processing FAILED. Error Type: ValueError. Cause: {"errorMessage"')
    answer = stepd.get("/images/uploads/notes.txt/status")
    assert (answer.status, answer.json()) == (404, {"message": "Image details not found for the given image identifier."})

    assert uploaded(stepd, "uploads/a.png", photos.png())["status"] == "SUCCEEDED"
    metadata = stepd.get(f"/images/uploads/{urllib.parse.quote('a.png')}/status").json()["extracted_metadata"]
    assert metadata["format"] == "PNG" and "DetectLabels" in metadata["rekognition_error"]
