"""Every text of the console stands in web/texts/, is used, and is named as it is there; and the rules see the opposite."""
import pathlib

import pytest

import console_texts as texts

WEB = pathlib.Path(__file__).resolve().parents[2] / "web"


@pytest.fixture(scope="module")
def web():
    return {path.relative_to(WEB).as_posix(): path.read_text() for kind in ("js", "html", "css") for path in sorted(WEB.rglob(f"*.{kind}"))}


@pytest.mark.parametrize("rule", texts.ALL, ids=lambda rule: rule.__name__)
def test_the_console_keeps_the_rule(rule, web):
    breaches = list(rule(web))
    assert not breaches, "\n" + "\n".join(breaches)


# A console without fault, and one offence for each way to break a rule.
CLEAN = {
    "texts/en/count.js": "export const plural = (n, one) => `${n} ${one}s`;\n",
    "texts/en/pages.js": 'export const health = {\n  title: "Health",\n  free: (size, unit) => `free of ${size} ${unit}`, of: ["A", "B"],\n};\n',
    "texts/en/shared.js": 'export const status = {\n  RUNNING: "Running",\n};\nexport const frame = {\n  skip: "Skip",\n};\n',
    "texts.js": 'import * as pages from "./texts/en/pages.js";\nexport const texts = pages;\n',
    "health.js": 'import { texts } from "./texts.js";\nshow(texts.health.title, texts.status[kind], `${texts.health.free(n, unit(1, 2))}`, texts.health.of.map(draw));\n',
    "index.html": '<title>stepd</title><a data-text="frame.skip"></a><noscript>The console needs scripts.</noscript>',
}
MORE = CLEAN["health.js"]
OFFENCES = [
    (texts.names_exist, "health.js", MORE + "show(texts.health.heading);\n"),
    (texts.names_exist, "health.js", MORE + "show(texts.heath.title);\n"),
    (texts.names_exist, "health.js", MORE + "show(texts.health.free);\n"),
    (texts.names_exist, "health.js", MORE + "show(texts.health.free(n));\n"),
    (texts.names_exist, "health.js", MORE + "show(texts.health.title());\n"),
    (texts.names_exist, "health.js", MORE.split("\n", 1)[1]),
    (texts.names_exist, "health.js", MORE + "const draw = (texts, at) => texts.at(at);\n"),
    (texts.names_exist, "health.js", MORE + "const { heading } = texts.health;\n"),
    (texts.names_exist, "index.html", '<a data-text="frame.skip" data-label="frame.jump"></a>'),
    (texts.every_text_is_used, "health.js", MORE.replace("texts.health.title, ", "")),
    (texts.every_text_is_used, "health.js", MORE.replace("texts.health.title", '"texts.health.title"')),
    (texts.every_text_is_used, "health.js", MORE.replace("texts.status[kind]", "kind")),
    (texts.every_text_is_used, "index.html", ""),
    (texts.translations_fit, "texts/de/pages.js", 'export const health = { heading: "Befinden" };\n'),
    (texts.translations_fit, "texts/de/pages.js", "export const health = { free: size => `${size} frei` };\n"),
    (texts.no_text_in_code, "health.js", MORE + 'show("nothing waits");\n'),
    (texts.no_text_in_code, "health.js", MORE + "show(`free of ${size}`);\n"),
    (texts.no_text_in_code, "health.js", MORE + "show(`${n} dropped`);\n"),
    (texts.no_text_in_code, "health.js", MORE + "show(`${n ? `${n} files` : '–'}`);\n"),
    (texts.no_text_in_code, "health.js", MORE + 'show("Disk");\n'),
    (texts.no_text_in_code, "health.js", MORE + 'h("span", { class: "cut" }, "now");\n'),
    (texts.no_text_in_code, "health.js", MORE + 'h("span", { title: "now" });\n'),
    (texts.no_text_in_code, "health.js", MORE + 'h("span", { "aria-label": `try ${n}` });\n'),
    (texts.no_text_in_the_document, "index.html", CLEAN["index.html"] + "<h1>Health</h1>"),
    (texts.no_text_in_the_document, "index.html", CLEAN["index.html"] + '<nav aria-label="Pages"></nav>'),
    (texts.no_text_in_the_document, "console.css", '.find::after { content: "Ctrl K"; }\n'),
]


@pytest.mark.parametrize("rule, path, text", OFFENCES, ids=[f"{r.__name__}-{i}" for i, (r, _, _) in enumerate(OFFENCES)])
def test_the_rule_sees_the_offence(rule, path, text):
    assert not list(rule(CLEAN))
    assert list(rule({**CLEAN, path: text}))


@pytest.mark.parametrize("text", [
    'h("div", { class: "panel clip" });\n', 'aws("DescribeExecution");\n', 'if (type === "Fail") stop();\n', "// Says nothing.\n", "const bad = /Task timed out/;\n",
    "const half = n / 2, path = `/console/${n / 2}/x`; // Half of it\n", 'h("pre", {}, "aws stepfunctions help");\n', 'headers = { "Content-Type": "text/plain" };\n',
])
def test_what_is_no_text_is_no_offence(text):
    assert not list(texts.no_text_in_code({**CLEAN, "health.js": MORE + text}))


def test_a_translation_may_lack_texts():
    assert not list(texts.translations_fit({**CLEAN, "texts/de/pages.js": 'export const health = { title: "Befinden" };\n'}))
