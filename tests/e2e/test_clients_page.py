"""docs/clients.md: its programs are run as they stand there, but for the address, against the real binary."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

import harness

PAGE = (harness.ROOT / "docs" / "clients.md").read_text()
ADDRESS = "http://127.0.0.1:8083"
LANGUAGES = {"python": "Python", "sh": "CLI", "javascript": "JavaScript", "go": "Go", "java": "Java", "rust": "Rust", "csharp": ".NET",
             "php": "PHP", "ruby": "Ruby"}
SLOW = pytest.mark.skipif("STEPD_TEST_CLIENTS" not in os.environ, reason="compiles a whole SDK; STEPD_TEST_CLIENTS=1 runs it")
SDK_JAVA = "2.57.8"
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>x</groupId><artifactId>hello</artifactId><version>1</version>
<dependencyManagement><dependencies><dependency><groupId>software.amazon.awssdk</groupId><artifactId>bom</artifactId>
<version>{SDK_JAVA}</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>
<dependencies><dependency><groupId>software.amazon.awssdk</groupId><artifactId>sfn</artifactId></dependency>
<dependency><groupId>software.amazon.awssdk</groupId><artifactId>url-connection-client</artifactId></dependency></dependencies>
</project>"""
CARGO = """[package]
name = "hello"
version = "0.1.0"
edition = "2021"
[dependencies]
aws-sdk-sfn = { version = "1", features = ["behavior-version-latest"] }
tokio = { version = "1", features = ["macros", "rt"] }
"""


def program(language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.M | re.S)
    assert len(found) == 1, f"{len(found)} programs in {language}"
    assert ADDRESS in found[0]
    return found[0]


@pytest.fixture(scope="module")
def stepd(tmp_path_factory):
    folder = tmp_path_factory.mktemp("daemon")
    (folder / "stepd.yaml").write_text("buckets: {}\n")
    with harness.Stepd(folder / "stepd.yaml", folder / "data", folder / "log") as daemon:
        yield daemon


def expect(stepd, language, command, cwd, env=None, seconds=60):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=seconds, env={**os.environ, **(env or {})})
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.strip().splitlines()
    assert lines and lines[-1].split(None, 1) == ["SUCCEEDED", f'{{"greeting":"Hello, {LANGUAGES[language]}"}}'], done.stdout
    assert stepd.client().list_state_machines()["stateMachines"] == []


def placed(folder, name, stepd, language):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(program(language).replace(ADDRESS, stepd.url))
    return folder


def need(*tools):
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")


def fetched(command, cwd, what, seconds=300):
    """The packages of a program. A machine without the registry skips the test and says why."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{what} could not be fetched in {seconds} s")
    if done.returncode != 0:
        pytest.skip(f"{what} cannot be fetched: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")


def test_every_client_has_a_program_and_its_way_around_the_prefix():
    for language in LANGUAGES:
        program(language)
    for option in ("inject_host_prefix", "AWS_DISABLE_HOST_PREFIX_INJECTION", "disableHostPrefix", "DISABLE_HOST_PREFIX_INJECTION",
                   "127.0.0.1 sync-localhost"):
        assert option in PAGE


def test_python(stepd, tmp_path):
    expect(stepd, "python", [sys.executable, "-B", "hello.py"], placed(tmp_path, "hello.py", stepd, "python"))


def test_aws_cli(stepd, tmp_path):
    placed(tmp_path, "hello.sh", stepd, "sh")
    path = f"{harness.CLIENTS / 'bin'}:{os.environ['PATH']}"
    expect(stepd, "sh", ["bash", "-eu", "hello.sh"], tmp_path, {"PATH": path})


def test_javascript(stepd, tmp_path):
    placed(tmp_path, "hello.mjs", stepd, "javascript")
    (tmp_path / "node_modules").symlink_to(harness.CLIENTS / "node_modules")
    expect(stepd, "javascript", [harness.CLIENTS / "bin" / "node", "hello.mjs"], tmp_path)


def test_go(stepd, tmp_path):
    need("go")
    placed(tmp_path, "main.go", stepd, "go")
    subprocess.run(["go", "mod", "init", "hello"], cwd=tmp_path, capture_output=True, check=True)
    fetched(["go", "mod", "tidy"], tmp_path, "the Go SDK")
    expect(stepd, "go", ["go", "run", "."], tmp_path, seconds=600)


def test_java(stepd, tmp_path):
    need("mvn", "javac")
    placed(tmp_path, "Hello.java", stepd, "java")
    (tmp_path / "pom.xml").write_text(POM)
    fetched(["mvn", "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath"], tmp_path, "the Java SDK", 900)
    classpath = (tmp_path / "classpath").read_text().strip()
    built = subprocess.run(["javac", "-cp", classpath, "Hello.java"], cwd=tmp_path, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    expect(stepd, "java", ["java", "-cp", f".:{classpath}", "Hello"], tmp_path, seconds=120)


@SLOW
def test_rust(stepd, tmp_path):
    need("cargo")
    placed(tmp_path, "src/main.rs", stepd, "rust")
    (tmp_path / "Cargo.toml").write_text(CARGO)
    fetched(["cargo", "fetch"], tmp_path, "the Rust SDK")
    expect(stepd, "rust", ["cargo", "run", "-q"], tmp_path, seconds=1_800)


def test_one_line_in_etc_hosts_serves_clients_that_keep_the_prefix(stepd, tmp_path):
    """In a mount namespace of its own, whose /etc/hosts has that line."""
    inside = ["unshare", "--mount", "bash", "-euc"]
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost\n127.0.0.1 sync-localhost\n")
    mount = f"mount --bind {hosts} /etc/hosts"
    if subprocess.run([*inside, mount], capture_output=True).returncode != 0:
        pytest.skip("no mount namespace can be made here")
    text = program("python").replace(ADDRESS, f"http://localhost:{stepd.port}").replace(", config=Config(inject_host_prefix=False)", "")
    (tmp_path / "hello.py").write_text(text)
    expect(stepd, "python", [*inside, f"{mount}; exec {sys.executable} -B {pathlib.Path(tmp_path) / 'hello.py'}"], tmp_path)
