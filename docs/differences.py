"""The parts of differences.md that come from differences-*.yaml: for each AWS operation that is served the clients that show it and what differs.

aws_services.py writes the page.
"""
import pathlib

import yaml

DOCS = pathlib.Path(__file__).resolve().parent
CLIENTS = {"boto3": "boto3", "cli": "AWS CLI", "js": "JavaScript", "unit": "HTTP"}


def sections():
    return [yaml.safe_load(path.read_text()) for path in sorted(DOCS.glob("differences-*.yaml"))]


def section(story):
    lines = [f"## {story['title']}", "", f"{story['says']} See [{story['page']}]({story['page']}).", "", "| operation | tested with | differs |", "|---|---|---|"]
    for operation in sorted(story["operations"], key=lambda each: each["name"]):
        clients = ", ".join(CLIENTS[each] for each in operation["clients"])
        lines.append(f"| {operation['name']} | {clients} | {operation.get('here', '')} |")
    return "\n".join([*lines, "", "Left out:", "", *(f"* {each}" for each in story["left_out"]), ""])
