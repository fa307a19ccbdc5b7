"""The texts of the console (web/texts/) against the code that says them: {path: text} of web/ in, breaches as strings out.

JavaScript is read as far as that takes: literals, comments, regular expressions and brackets.
"""
import re

FOLDER = "texts/"
ENGLISH = "texts/en/"
HELPERS = "count.js"  # of each language: how it counts, no texts
# Definitions in the States Language, which the editor offers: code, with names in it.
SAMPLES = {"templates.js"}

BEFORE_REGEX = re.compile(r"(?:^|[(,=:;!&|?{}\n\[]|\breturn|=>)\s*$")
REGEX = re.compile(r"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")


class Script:
    """A module's literals as (start, end, text), with {} for each value in a template; `code` is the module with literals emptied,
    comments and regular expressions blanked, and every other character in its place."""

    def __init__(self, source):
        self.source, self.literals = source, []
        self.code = list(source)
        end = self._read(0, None)
        assert end == len(source), f"not understood beyond {source[end:end + 40]!r}"
        self.literals.sort()
        self.code = "".join(self.code)

    def _blank(self, start, end, fill=" "):
        for i in range(start, end):
            if self.source[i] != "\n":
                self.code[i] = fill

    def _read(self, at, stop):
        source, depth = self.source, 0
        while at < len(source):
            c = source[at]
            if stop and c == stop and depth == 0:
                return at
            if c in "\"'":
                at = self._quoted(at)
            elif c == "`":
                at = self._template(at)
            elif source.startswith("//", at) or source.startswith("/*", at):
                end = source.find("\n", at) if source[at + 1] == "/" else source.index("*/", at) + 2
                end = len(source) if end < 0 else end
                self._blank(at, end)
                at = end
            elif c == "/" and BEFORE_REGEX.search("".join(self.code[max(0, at - 40):at])) and (found := REGEX.match(source, at)):
                self._blank(at, found.end())
                at = found.end()
            else:
                depth += (c in "{[(") - (c in "}])")
                at += 1
        return at

    def _quoted(self, start):
        found = re.compile(r"(['\"])((?:\\.|(?!\1)[^\\\n])*)\1").match(self.source, start)
        assert found, f"an open literal: {self.source[start:start + 40]!r}"
        self.literals.append((start, found.end(), found.group(2)))
        self._blank(start + 1, found.end() - 1)
        return found.end()

    def _template(self, start):
        source, at, text, chunk = self.source, start + 1, "", start + 1
        while source[at] != "`":
            if source.startswith("${", at):
                self._blank(chunk, at)
                at = self._read(at + 2, "}") + 1
                text, chunk = text + "{}", at
                continue
            step = 2 if source[at] == "\\" else 1
            text, at = text + source[at:at + step], at + step
        self._blank(chunk, at)
        self.literals.append((start, at + 1, text))
        return at + 1


def parts(code, start):
    """The pieces between the commas inside the bracket at `start`, as (start, end), and where it closes."""
    depth, begin, found = 0, start + 1, []
    for at in range(start, len(code)):
        c = code[at]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        if depth == 0 or (depth == 1 and c == ","):
            if code[begin:at].strip():
                found.append((begin, at))
            begin = at + 1
        if depth == 0:
            return found, at
    raise AssertionError("a bracket stays open")


def texts_of(script):
    """{group: {name: how many values it takes, or None}} of a module of texts."""
    groups = {}
    for head in re.finditer(r"^export const (\w+) = (?=\{)", script.code, re.M):
        names = groups.setdefault(head.group(1), {})
        for start, end in parts(script.code, head.end())[0]:
            member = script.code[start:end].strip()
            name = re.match(r"\w+", member).group()
            assert name not in names, f"{head.group(1)}.{name} stands twice"
            function = re.match(r"\w+(?:,|$)|\w+: (?:\(([^)]*)\)|(\w+)) =>", member)
            if function is None:
                names[name] = None
            else:
                names[name] = len(function.group(1).split(",")) if function.group(1) else 1
    return groups


def languages(tree):
    """{language: {group: {name: values}}} of the folders beneath texts/."""
    found = {}
    for path, text in tree.items():
        if path.startswith(FOLDER) and path.endswith(".js") and not path.endswith("/" + HELPERS):
            for group, names in texts_of(Script(text)).items():
                found.setdefault(path.split("/")[1], {}).setdefault(group, {}).update(names)
    return found


def scripts(tree):
    return {path: Script(text) for path, text in tree.items() if path.endswith(".js") and not path.startswith(FOLDER)}


USE = re.compile(r"\btexts\.(\w+)(?:\.(\w+)|(\[))?\s*(\(?)")
IN_HTML = re.compile(r'data-(?:text|label|hint|press)="([^"]*)"')


def uses(tree):
    """(path, group, name, values): None for a text that is taken as it is; the name is "" for one that is looked up."""
    for path, script in scripts(tree).items():
        if path == "texts.js":
            continue
        for found in USE.finditer(script.code):
            group, name, looked_up, call = found.groups()
            values = len(parts(script.code, found.end() - 1)[0]) if call else None
            yield path, group, name or ("" if looked_up else None), values
        for taken in re.findall(r"\{([\w ,]+)\} = texts\.(\w+);", script.code):
            for name in taken[0].split(","):
                yield path, taken[1], name.strip(), ...
    for where in IN_HTML.findall(tree.get("index.html", "")):
        yield ("index.html", *where.split("."), None)


# Texts that take values and are handed to a function, which gives them.
HANDED_OVER = {("pages/topics.js", "topics", "message"), ("pages/topics.js", "topics", "deadLetter")}
BY_ANOTHER_NAME = re.compile(r"\b(?:const|let|var)\s+texts\b|\btexts\s*=>|[(,]\s*texts\s*[,)][^;]*=>")


def names_exist(tree):
    """What code names is there, and is called if and only if it takes values, with that many."""
    english = languages(tree)["en"]
    for path, group, name, values in uses(tree):
        if group not in english:
            yield f"{path}: texts.{group} does not exist"
        elif name and name not in english[group]:
            yield f"{path}: texts.{group}.{name} does not exist"
        elif name and values not in (..., english[group][name]) and not (values is None and (path, group, name) in HANDED_OVER):
            yield f"{path}: texts.{group}.{name} takes {english[group][name]} values, not {values}"
    for path, script in scripts(tree).items():
        if path == "texts.js":
            continue
        module = "../" * path.count("/") or "./"
        if re.search(r"\btexts\.\w", script.code) and f'import {{ texts }} from "{module}texts.js";\n' not in script.source:
            yield f"{path}: does not import texts"
        if BY_ANOTHER_NAME.search(script.code):
            yield f"{path}: hides texts by a name of its own"


def every_text_is_used(tree):
    used = {(group, name) for _, group, name, _ in uses(tree)}
    for group, names in languages(tree)["en"].items():
        for name in names:
            if (group, name) not in used and (group, "") not in used:
                yield f"texts.{group}.{name} is not used"


def translations_fit(tree):
    """A translation may lack texts, which are English then, but has none of its own, and each takes what the English one takes."""
    told = languages(tree)
    for language, groups in told.items():
        for group, names in groups.items():
            for name, values in names.items():
                if name not in told["en"].get(group, {}):
                    yield f"{language}: {group}.{name} is no text of the English"
                elif values != told["en"][group][name]:
                    yield f"{language}: {group}.{name} takes {values} values, the English {told['en'][group][name]}"


# What looks like a text: two words with a blank between them, a word beside a value, or a capital first letter.
SENTENCE = re.compile(r"[A-Za-z]{2,}[,.;:]? (?:[A-Za-z]{2,}|\{\})|\{\} [a-z]{2,}|^\W*[A-Z][A-Za-z]")
# After this a literal is no text, however it looks.
NO_TEXT = re.compile("(?:" + "|".join((
    r"\b(?:class|kind): ", r'\bclass: [^,"`]*\? ',                       # classes
    r"\$\(", r"\b(?:all|closest\?\.|matchMedia)\(", r"\bgridTemplateColumns: ",  # selectors, widths
    r"[!=]== ", r"\b(?:from|service =) ", r"\b(?:aws|logs|\.get|startsWith)\(", r"\b(?:method|Action|orderBy): ",  # names of protocols
    r'\bh\("(?:pre|code)", \{\}, ',                                     # code that is shown
)) + ")$")
# After this it is a text if it has a letter.
A_TEXT = re.compile(r'(?:"aria-label": |\b(?:title|placeholder|alt|hint|label|note|verb): |\}, )$')
ALLOWED = {
    r"RUNNING|SUCCEEDED|FAILED|TIMED_OUT|ABORTED|STANDARD|EXPRESS|DEBUG": "as AWS names them",
    r"stepd \{\}": "the product's name, with its version",
    r"aws stepfunctions .*|curl .*": "commands to copy",
    r"JSONata|JSONPath|Pass": "names of the States Language",
    r"Tail|Logs_20140328|AWS4-HMAC-SHA256 Credential=.*": "AWS's protocols",
}


def no_text_in_code(tree):
    """What people read stands in web/texts/ alone."""
    for path, script in scripts(tree).items():
        for start, end, text in script.literals:
            before = script.source[max(0, start - 60):start]
            key = script.source.startswith(":", end)
            if key or NO_TEXT.search(before) or path in SAMPLES:
                continue
            told = SENTENCE.search(text) or (A_TEXT.search(before) and re.search(r"[A-Za-z]{2}", text.replace("{}", "")))
            if told and not any(re.fullmatch(form, text, re.S) for form in ALLOWED):
                yield f"{path}:{script.source.count(chr(10), 0, start) + 1}: a text: {text}"


def no_text_in_the_document(tree):
    """index.html and console.css have none, but for the product's name and what is said where no script runs."""
    document = re.sub(r"<!--.*?-->|<title>stepd</title>|<noscript>.*?</noscript>", "", tree.get("index.html", ""), flags=re.S)
    for text in re.findall(r">([^<>]*[A-Za-z][^<>]*)<", document):
        if text.strip() != "stepd":
            yield f"index.html: a text: {text.strip()}"
    for attribute in re.findall(r'\b(?:aria-label|(?<!-)title|placeholder|alt)="[^"]*"', document):
        yield f"index.html: a text: {attribute}"
    for text in re.findall(r'content: *"([^"]*[A-Za-z][^"]*)"', tree.get("console.css", "")):
        yield f"console.css: a text: {text}"


ALL = [names_exist, every_text_is_used, translations_fit, no_text_in_code, no_text_in_the_document]
