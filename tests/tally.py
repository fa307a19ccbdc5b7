"""Adds up the JUnit reports of one test run and prints its closing lines. Runs no test and judges none."""
import pathlib
import sys
import xml.etree.ElementTree as xml


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
        return "failed"
    # ctest marks a test that was disabled or skipped by its status, pytest by an element.
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "passed"


def reason(case):
    skipped = case.find("skipped")
    said = skipped.get("message") if skipped is not None else None
    return f": {said}" if said else ""


def closing(count):
    return "{passed} passed, {failed} failed, {skipped} skipped".format(**count)


def main(folder):
    total = {"passed": 0, "failed": 0, "skipped": 0}
    lines = []
    for report in sorted(pathlib.Path(folder).glob("*.xml")):
        count = dict.fromkeys(total, 0)
        seconds = 0.0
        for case in xml.parse(report).getroot().iter("testcase"):
            verdict = outcome(case)
            count[verdict] += 1
            seconds += float(case.get("time") or 0)
            if verdict != "passed":
                print(f"{verdict}: {report.stem}: {case.get('classname')}: {case.get('name')}{reason(case)}")
        for verdict in total:
            total[verdict] += count[verdict]
        lines.append(f"{report.stem}: {closing(count)} (their times add up to {seconds:.0f} s)")
    print(*lines, closing(total), sep="\n")
    if total["passed"] == 0:
        print("no test ran", file=sys.stderr)
    return 1 if total["failed"] or total["passed"] == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
