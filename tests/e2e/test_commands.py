"""The commands besides serve, and the ways in which serve refuses to start: each says what is wrong, and where."""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

import pytest

import harness

FIVE_FAULTS = """{
  "StartAt": "Nowhere",
  "States": {
    "Pick": {
      "Type": "Choice",
      "Choices": [{"Variable": "$.size", "NumericGreaterThan": "ten", "Next": "Rest"}]
    },
    "Rest": {"Type": "Wait", "Seconds": -1, "Next": "Missing"},
    "Work": {"Type": "Task", "End": true}
  }
}
"""
# Where each of the five stands: StartAt, the comparison's type, Seconds, Next, the absent Resource.
POINTERS = ["/StartAt", "/States/Pick/Choices/0/NumericGreaterThan", "/States/Rest/Seconds", "/States/Rest/Next", "/States/Work"]
GREET = {"StartAt": "Greet", "States": {"Greet": {"Type": "Pass", "Parameters": {"hello.$": "$.name"}, "End": True}}}


def test_version_is_one_line():
    done = harness.run_stepd("version")
    assert harness.run_stepd("--version").stdout == done.stdout
    assert harness.run_stepd("--version").returncode == 0
    assert done.returncode == 0
    assert re.fullmatch(r"stepd \d+\.\d+\.\d+.*\n", done.stdout)


def test_help_names_every_command():
    done = harness.run_stepd("--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("serve", "validate", "run", "import", "version"))


def test_validate_names_all_five_faults_with_line_and_pointer(tmp_path):
    definition = tmp_path / "five.asl.json"
    definition.write_text(FIVE_FAULTS)
    done = harness.run_stepd("validate", definition)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    for pointer in POINTERS:
        assert pointer in said, said
    lines = {int(number) for number in re.findall(rf"{re.escape(str(definition))}:(\d+):\d+", said)}
    assert lines >= {2, 6, 8, 9}, said


def test_validate_passes_a_good_one_and_cannot_judge_an_absent_one(tmp_path):
    definition = tmp_path / "good.asl.json"
    definition.write_text(json.dumps(GREET))
    assert harness.run_stepd("validate", definition).returncode == 0
    assert harness.run_stepd("validate", tmp_path / "absent.json").returncode == 2
    assert harness.run_stepd("validate").returncode == 2


def test_validate_says_where_it_is_no_json(tmp_path):
    definition = tmp_path / "torn.asl.json"
    definition.write_text('{\n  "StartAt": "A",\n  "States": {,}\n}\n')
    done = harness.run_stepd("validate", definition)
    assert done.returncode == 1
    assert f"{definition}:3:" in done.stdout + done.stderr


def test_validate_reads_standard_input_as_json_or_yaml():
    assert harness.run_stepd("validate", "-", stdin=json.dumps(GREET)).returncode == 0
    done = harness.run_stepd("validate", "-", stdin="StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: B\n")
    assert done.returncode == 1
    assert "-:5:" in done.stdout or "<stdin>:5:" in done.stdout, done.stdout


def test_validate_answers_programs_in_json_and_sarif(tmp_path):
    definition = tmp_path / "five.asl.json"
    definition.write_text(FIVE_FAULTS)
    listed = harness.run_stepd("validate", "--json", definition)
    assert listed.returncode == 1
    assert all(pointer in json.dumps(json.loads(listed.stdout)) for pointer in POINTERS)
    sarif = json.loads(harness.run_stepd("validate", "--sarif", definition).stdout)
    assert sarif["version"] == "2.1.0"
    regions = [place["physicalLocation"]["region"]["startLine"]
               for result in sarif["runs"][0]["results"] for place in result["locations"]]
    assert set(regions) >= {2, 6, 8, 9}


def test_every_definition_that_is_delivered_is_valid():
    delivered = sorted(p for p in (harness.ROOT / "definitions").rglob("*.asl.*"))
    assert delivered
    for path in delivered:
        done = harness.run_stepd("validate", path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_run_prints_the_output_and_nothing_else(tmp_path):
    definition = tmp_path / "greet.asl.json"
    definition.write_text(json.dumps(GREET))
    done = harness.run_stepd("run", definition, "--input", '{"name":"Ada"}')
    assert (done.returncode, json.loads(done.stdout)) == (0, {"hello": "Ada"})


def test_run_tells_why_it_failed(tmp_path):
    definition = tmp_path / "fail.asl.json"
    definition.write_text('{"StartAt":"No","States":{"No":{"Type":"Fail","Error":"Refused","Cause":"on principle"}}}')
    done = harness.run_stepd("run", definition, "--input", "{}")
    assert done.returncode == 1
    assert "Refused" in done.stdout + done.stderr and "on principle" in done.stdout + done.stderr


def test_a_typing_error_in_the_configuration_is_named_with_line_and_remedy(tmp_path):
    lines = (harness.ROOT / "config" / "stepd.yaml").read_text().splitlines()
    at, key = next((i, m.group(1)) for i, line in enumerate(lines) if (m := re.match(r"([a-z_]{5,}):", line)))
    wrong = key[:-2] + key[-1] + key[-2]
    lines[at] = lines[at].replace(key, wrong, 1)
    config = tmp_path / "stepd.yaml"
    config.write_text("\n".join(lines) + "\n")
    done = harness.run_stepd("serve", "--config", config, "--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert f"{config}:{at + 1}" in said and wrong in said and re.search(rf"\b{key}\b", said), said


def test_an_absent_configuration_is_named(tmp_path):
    done = harness.run_stepd("serve", "--config", tmp_path / "no.yaml", "--data", tmp_path / "data")
    assert done.returncode != 0
    assert "no.yaml" in done.stdout + done.stderr


def test_a_port_in_use_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = harness.run_stepd("serve", "--config", harness.ROOT / "config" / "stepd.yaml", "--data", tmp_path / "data", "--listen",
                                 address)
    assert done.returncode != 0
    assert address in done.stdout + done.stderr and "in use" in (done.stdout + done.stderr).lower()


def test_a_second_process_on_one_data_directory_is_turned_away_and_harms_nothing(serve, tmp_path):
    config = harness.ROOT / "config" / "stepd.yaml"
    stepd = serve(config)
    done = harness.run_stepd("serve", "--config", config, "--data", stepd.data, "--listen", f"127.0.0.1:{harness.free_port()}")
    assert done.returncode != 0
    assert str(stepd.data) in done.stdout + done.stderr
    assert stepd.is_healthy()


@pytest.mark.parametrize("wrong, right, says", [
    ("handler: image.tpye", "handler: image.type", "did you mean 'image.type'"),
    ("state_machine: image-pipelin\n", "state_machine: image-pipeline\n", "did you mean 'image-pipeline'"),
    ("watch: maybe", "watch: true", "true or false"),
    ("listen: 127.0.0.1:99999", "listen: 127.0.0.1:8083", "HOST:PORT"),
    ("absent.asl.yaml", "image-pipeline.asl.yaml", "absent.asl.yaml"),
])
def test_a_wrong_value_in_the_configuration_is_named_with_its_line(tmp_path, wrong, right, says):
    text = (harness.ROOT / "config" / "stepd.yaml").read_text().replace("../definitions", str(harness.ROOT / "definitions"))
    assert right in text
    config = tmp_path / "stepd.yaml"
    config.write_text(text.replace(right, wrong, 1))
    done = harness.run_stepd("serve", "--config", config, "--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    assert done.returncode == 2
    assert re.search(rf"{re.escape(str(config))}:\d+:\d+: .*{re.escape(says)}", done.stderr), done.stderr
    assert not (tmp_path / "data").exists()


def test_what_is_no_data_directory_is_named_and_left_alone(tmp_path):
    config = harness.ROOT / "config" / "stepd.yaml"
    (tmp_path / "file").write_text("mine")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "stepd.db").write_bytes(b"not a database" * 1000)
    for place, content in (("file", "file"), ("other", "other/stepd.db")):
        before = (tmp_path / content).read_bytes()
        done = harness.run_stepd("serve", "--config", config, "--data", tmp_path / place, "--listen", "127.0.0.1:0")
        assert done.returncode == 2
        assert str(tmp_path / place) in done.stderr
        assert (tmp_path / content).read_bytes() == before


@pytest.mark.parametrize("arguments", [[], ["frobnicate"], ["serve", "--listen", "nonsense"], ["run"], ["run", "absent.json", "--input", "{}"]])
def test_a_wrong_command_line_is_refused(arguments, tmp_path):
    done = harness.run_stepd(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip()


def test_run_refuses_an_input_that_is_no_json(tmp_path):
    definition = tmp_path / "greet.asl.json"
    definition.write_text(json.dumps(GREET))
    done = harness.run_stepd("run", definition, "--input", "{not json")
    assert done.returncode == 2
    assert "JSON" in done.stderr and done.stdout == ""


def test_a_lack_of_threads_is_said_in_terms_of_what_can_be_changed():
    """The system's own word for it, also where the address space is too small, is "Resource temporarily unavailable"."""
    if os.geteuid() != 0:
        pytest.skip("only root can become a user without processes of its own")
    with tempfile.TemporaryDirectory(prefix="stepd-") as folder:
        os.chmod(folder, 0o777)
        program = shutil.copy(harness.BINARY, folder)   # that user may not be let into the folder of the tree
        config = pathlib.Path(folder) / "stepd.yaml"
        config.write_text("buckets: {}\n")
        done = subprocess.run(["setpriv", "--reuid", "65533", "--regid", "65533", "--clear-groups", "prlimit", "--nproc=2", program,
                               "serve", "--config", config, "--data", f"{folder}/data", "--listen", "127.0.0.1:0"],
                              capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "too little address space (ulimit -v: " in done.stderr and "ulimit -u: 2" in done.stderr, done.stderr
