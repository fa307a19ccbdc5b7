"""Runs the GoogleTest programs of a build in shards, side by side, and leaves a JUnit report of each in a folder.

usage: units.py FOLDER REPORTS [--jobs N] [--filter TEXT]

One process for each test would start a sanitized program two thousand times, which takes longer than the tests. A program that ends
before it has written its report counts as one failed test that is named after it.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time
import xml.sax.saxutils as sax

TIMEOUT_SECONDS = 900


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("reports", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--filter", default="")
    return parser.parse_args()


def broken(name, why):
    """A report of one failed test."""
    return (f'<testsuites><testsuite name="{name}"><testcase classname="{name}" name="the whole program">'
            f"<failure message={sax.quoteattr(why)}/></testcase></testsuite></testsuites>")


def run(program, shard, shards, reports, pattern):
    report = reports / f"{program.name}-{shard}.xml"
    command = [program, "--gtest_color=no", "--gtest_brief=1", f"--gtest_output=xml:{report.resolve()}"]
    if pattern:
        command.append(f"--gtest_filter=*{pattern}*")
    environment = {**os.environ, "GTEST_TOTAL_SHARDS": str(shards), "GTEST_SHARD_INDEX": str(shard)}
    started = time.monotonic()
    try:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_SECONDS)
        output, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        output, code = (late.stdout or b"").decode(errors="replace"), f"ended after {TIMEOUT_SECONDS} s"
    if not report.exists() or (code != 0 and "<failure" not in report.read_text(errors="replace")):
        report.write_text(broken(program.name, f"exit code {code}, see its output"))
    return program.name, shard, code, time.monotonic() - started, output


def main():
    options = parse()
    options.reports.mkdir(parents=True, exist_ok=True)
    programs = sorted(options.folder.glob("test_*"), key=lambda path: -path.stat().st_size)
    programs = [path for path in programs if path.is_file() and os.access(path, os.X_OK)]
    shards = max(options.jobs, 1)
    failed = False
    with concurrent.futures.ThreadPoolExecutor(max_workers=shards) as pool:
        tasks = [pool.submit(run, program, shard, shards, options.reports, options.filter)
                 for program in programs for shard in range(shards)]
        for number, task in enumerate(concurrent.futures.as_completed(tasks), 1):
            name, shard, code, seconds, output = task.result()
            print(f"[{number}/{len(tasks)}] {name} {shard + 1} of {shards}: {'failed' if code else 'ok'} in {seconds:.1f} s", flush=True)
            if code:
                failed = True
                print(output, flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
