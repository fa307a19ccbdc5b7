// The editor: a draft is validated as one types, drawn, and its states tried one by one. The draft stays in this browser until it
// is saved; a save that fails loses nothing.
import { h, button, copy, empty, icon, panel, show, toast } from "../dom.js";
import { aws, get, post } from "../api.js";
import { known, mark, refreshFrame } from "../frame.js";
import { ask, checkJson, field } from "../dialog.js";
import { moment, plural, status } from "../format.js";
import { canvas, drawPlan } from "../graph-view.js";
import { jsonView } from "../json-view.js";
import { machineArn, pretty, startDialog } from "../actions.js";

const TEMPLATES = {
  "One step": { Comment: "Hands on what it was given", StartAt: "Hello", States: { Hello: { Type: "Pass", Parameters: { "greeting.$": "States.Format('Hello {}', $.name)" }, End: true } } },
  "A picture, resized": { Comment: "Makes a small copy of a picture", StartAt: "Resize", States: { Resize: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: "resizeImage", "Payload.$": "$" }, OutputPath: "$.Payload", Retry: [{ ErrorEquals: ["Object.Failed"], MaxAttempts: 3 }], Catch: [{ ErrorEquals: ["Image.Corrupt"], ResultPath: "$.error", Next: "Broken" }], End: true }, Broken: { Type: "Fail", Error: "Image.Corrupt", Cause: "The picture cannot be decoded." } } },
  "Branches and a choice": { StartAt: "Both", States: { Both: { Type: "Parallel", ResultPath: "$.results", Branches: [{ StartAt: "Left", States: { Left: { Type: "Pass", Result: 1, End: true } } }, { StartAt: "Wait", States: { Wait: { Type: "Wait", Seconds: 2, End: true } } }], Next: "Which" }, Which: { Type: "Choice", Choices: [{ Variable: "$.results[0]", NumericEquals: 1, Next: "Done" }], Default: "Odd" }, Done: { Type: "Succeed" }, Odd: { Type: "Fail", Error: "Odd" } } },
};
const WAIT_MS = 250;
const draftKey = name => `draft:${name}`;
const MACHINE_ROLE = () => `arn:aws:iam::${known.account}:role/stepd`;

const COLOURED = 200_000;
/// A key, a text, a number or a word, a comment: of JSON, and of YAML as far as a line tells.
const TOKEN = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|^[ \t-]*[A-Za-z_][\w.$-]*)(?=\s*:(?:\s|$))|("(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*')|(-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b|\b(?:true|false|null)\b)|((?:^|\s)#.*$)/gm;

function coloured(text) {
  if (text.length > COLOURED) return [text];
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    parts.push(text.slice(at, found.index), h("span", { class: found[1] ? "k" : found[2] ? "s" : found[3] ? "n" : "c" }, found[0]));
    at = found.index + found[0].length;
  }
  return [...parts, text.slice(at)];
}

/// A text area with line numbers beside it and its colours behind it.
function codeField(text, changed) {
  const numbers = h("pre", { "aria-hidden": "true" }), colours = h("pre", { class: "colours", "aria-hidden": "true" });
  const area = h("textarea", { spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": "Definition" });
  area.value = text;
  let frame = 0;
  const paint = () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(() => { colours.replaceChildren(...coloured(area.value), "\n"); follow(); }); };
  const follow = () => { numbers.scrollTop = colours.scrollTop = area.scrollTop; colours.scrollLeft = area.scrollLeft; };
  const count = () => { paint(); numbers.textContent = Array.from({ length: area.value.split("\n").length }, (_, i) => i + 1).join("\n"); };
  area.oninput = () => { count(); changed(area.value); };
  area.onscroll = follow;
  count();
  return {
    box: h("div", { class: "editor" }, numbers, h("div", { class: "text" }, colours, area)), area,
    set(value) { area.value = value; count(); changed(value); },
    goTo(line, column) {
      const before = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      area.focus();
      area.setSelectionRange(before + Math.max(0, column - 1), before + Math.max(0, column - 1));
      area.scrollTop = Math.max(0, (line - 8) * 20);
    },
  };
}

/// Inputs of earlier executions of a machine, to try things with.
function earlierInputs(name, input, signal) {
  const list = h("select", { class: "pick", "aria-label": "Input of an earlier execution" }, h("option", { value: "" }, "Input of an earlier execution"));
  get("executions", { machine: name, count: 8 }, signal).then(({ executions }) => list.append(...executions.map(e => h("option", { value: e.arn }, `as in ${e.name}, ${moment(e.startedAt, false)}`)))).catch(() => {});
  list.onchange = async () => { if (list.value) input.value = pretty((await aws("DescribeExecution", { executionArn: list.value })).input); };
  return list;
}

/// An expression by itself: a Pass state that does nothing else is tested with it.
function expressionPanel(name, signal) {
  const language = h("select", { class: "pick", "aria-label": "Query language" }, ["JSONata", "JSONPath"].map(l => h("option", { value: l }, l)));
  const text = h("input", { class: "in mono", autocomplete: "off", spellcheck: "false" }), input = h("textarea", { class: "ta", spellcheck: "false" }), answer = h("div");
  text.value = "$states.input";
  input.value = sessionStorage.getItem("try-input") || "{}";
  language.onchange = () => { if (["$states.input", "$"].includes(text.value)) text.value = language.value === "JSONata" ? "$states.input" : "$"; };
  const run = async () => {
    try {
      checkJson(input.value);
      sessionStorage.setItem("try-input", input.value);
      const written = text.value.trim().replace(/^\{%([^]*)%\}$/, "$1"), jsonata = language.value === "JSONata";
      const state = jsonata ? { Type: "Pass", QueryLanguage: "JSONata", Output: `{% ${written} %}`, End: true } : { Type: "Pass", QueryLanguage: "JSONPath", Parameters: { "value.$": written }, End: true };
      const got = await aws("TestState", { definition: JSON.stringify(state), roleArn: MACHINE_ROLE(), input: input.value }, signal);
      if (got.status !== "SUCCEEDED") return show(answer, h("p", { class: "form s-fail" }, h("b", {}, got.error), ` ${got.cause || ""}`));
      show(answer, jsonView(jsonata ? got.output : JSON.stringify(JSON.parse(got.output).value), "Value of the expression"));
    } catch (error) {
      if (error.name !== "AbortError") show(answer, h("p", { class: "form s-fail" }, error.message));
    }
  };
  const onEnter = event => { if (event.key === "Enter" && (event.target === text || event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } };
  text.onkeydown = input.onkeydown = onEnter;
  return panel("Try an expression", { body: [h("div", { class: "form" }, h("div", { class: "row" }, language, name && earlierInputs(name, input, signal)), field("Expression", text), field("Input of the expression, JSON", input), h("div", { class: "row" }, button("Evaluate", run, { glyph: "play" }))), answer] });
}

export async function page({ args: [name], main, signal, go }) {
  const saved = name ? await get(`machines/${encodeURIComponent(name)}`, {}, signal) : null;
  const stored = localStorage.getItem(draftKey(name || ""));
  const base = saved ? pretty(saved.definition) : JSON.stringify(TEMPLATES["One step"], null, 2);
  let type = saved?.type || "STANDARD", asked = 0, checked = null, chosen = "", timer = 0;
  const faults = h("div"), tryBox = h("div"), note = h("span", { class: "grow" }), graphNote = h("span", { class: "grow" });
  const view = canvas(() => checked?.plan ? drawPlan(checked.plan, { errors: true, chosen, choose: pick }) : empty("The graph appears when the text can be read."));
  const format = text => /^\s*[{[]/.test(text) ? "json" : "yaml";

  async function check(text) {
    const mine = ++asked;
    try {
      const answer = await post("draft", { type, format: format(text) }, text, signal);
      if (mine !== asked) return;
      checked = { ...answer, plan: answer.plan || checked?.plan };
      drawFaults();
      if (answer.plan) { graphNote.textContent = plural(answer.states, "state"); view.redraw(); }
      publish.disabled = answer.faults.some(f => f.severity === "error");
      if (chosen && !JSON.stringify(answer.plan || {}).includes(JSON.stringify(chosen))) chosen = "";
      if (!chosen && answer.plan) pick(answer.plan.states.find(s => s.type !== "Missing")?.name || "");
    } catch (error) {
      if (error.name !== "AbortError") show(faults, h("p", { class: "form" }, error.message));
    }
  }
  function drawFaults() {
    const errors = checked.faults.filter(f => f.severity === "error").length, warnings = checked.faults.length - errors;
    const heading = errors || warnings ? [errors && plural(errors, "error"), warnings && plural(warnings, "warning")].filter(Boolean).join(", ") : "No fault";
    show(faults, h("header", { class: "form" }, h("h3", {}, h("span", { role: "status" }, heading))), h("ul", { class: "faults" }, checked.faults.map(f => h("li", { class: f.severity === "error" ? "s-fail" : "s-late" }, icon(f.severity === "error" ? "fail" : "warn"),
      h("button", { type: "button", class: "linkish pos", onclick: () => f.line && code.goTo(f.line, f.column), "aria-label": f.line ? `Go to line ${f.line}, column ${f.column}` : "No position" }, f.line ? `${f.line}:${f.column}` : "–"), h("span", {}, f.message, f.hint ? h("span", { class: "fix" }, ` ${f.hint} was meant?`) : ""), h("code", { class: "faint" }, f.code || "")))));
  }
  const code = codeField(stored ?? base, text => {
    localStorage.setItem(draftKey(name || ""), text);
    note.textContent = "draft, kept in this browser";
    clearTimeout(timer);
    timer = setTimeout(() => check(text), WAIT_MS);
  });

  function pick(state) {
    chosen = state;
    view.redraw();
    drawTry();
  }
  function drawTry() {
    if (!chosen) return show(tryBox, panel("Try a state", { body: empty("Choose a state in the graph.") }));
    const input = h("textarea", { class: "ta", spellcheck: "false" }), mock = h("textarea", { class: "ta", spellcheck: "false", placeholder: "Left empty, what the state calls is called.", style: { minHeight: "72px" } }), answer = h("div");
    input.value = sessionStorage.getItem("try-input") || "{}";
    const run = async () => {
      try {
        checkJson(input.value);
        sessionStorage.setItem("try-input", input.value);
        await check(code.area.value);
        const request = { definition: checked?.definition || code.area.value, stateName: chosen, roleArn: MACHINE_ROLE(), input: input.value, inspectionLevel: "DEBUG" };
        if (mock.value.trim()) { checkJson(mock.value); request.mock = { result: mock.value }; }
        const got = await aws("TestState", request, signal);
        show(answer, h("div", { class: "form" }, h("div", { class: "row" }, status({ SUCCEEDED: "succeeded", FAILED: "failed", CAUGHT_ERROR: "caught", RETRIABLE: "failed" }[got.status] || "running"), got.status === "RETRIABLE" ? "it would be tried again" : "", got.nextState ? h("span", { class: "muted" }, `next is ${got.nextState}`) : "", got.error ? h("span", {}, `${got.error}: ${got.cause || ""}`) : "")), got.output !== undefined && jsonView(got.output, "Output of the state"),
          got.inspectionData && h("details", { class: "form" }, h("summary", {}, "Step by step"), jsonView(JSON.stringify(got.inspectionData), "Inspection data")));
      } catch (error) {
        if (error.name !== "AbortError") show(answer, h("p", { class: "form s-fail" }, error.message));
      }
    };
    input.onkeydown = event => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } };
    show(tryBox, panel(`Try ${chosen}`, { note: "runs this one state; nothing of it is kept", body: [h("div", { class: "form" }, name && earlierInputs(name, input, signal), field("Input, JSON", input), field("What its resource answers (mock), JSON", mock), h("div", { class: "row" }, button("Run", run, { glyph: "play", kind: "main" }), h("kbd", {}, "Ctrl Enter"))), answer] }));
  }

  async function save() {
    clearTimeout(timer);
    await check(code.area.value);  // what was checked last may be older than the text
    if (publish.disabled) return toast("The draft has errors.");
    const definition = checked?.definition || code.area.value;
    if (saved) {
      await aws("UpdateStateMachine", { stateMachineArn: machineArn(name), definition });
      localStorage.removeItem(draftKey(name));
      toast("Saved as a new revision. Executions that run keep theirs.");
      return go(`/console/machines/${encodeURIComponent(name)}`);
    }
    const wanted = h("input", { name: "name", required: true, maxlength: 80, autocomplete: "off" });
    const kind = h("select", {}, ["STANDARD", "EXPRESS"].map(t => h("option", { value: t, selected: t === type }, t)));
    const made = await ask("Create the state machine", { fields: [field("Name", wanted), field("Type", kind)], verb: "Create", run: () => aws("CreateStateMachine", { name: wanted.value, definition, roleArn: MACHINE_ROLE(), type: kind.value }) });
    if (!made) return;
    localStorage.removeItem(draftKey(""));
    await refreshFrame();
    go(`/console/machines/${encodeURIComponent(wanted.value)}`);
  }
  const publish = button(saved ? "Save" : "Create", () => save().catch(error => toast(error.message)), { kind: "main" });
  const discard = () => { localStorage.removeItem(draftKey(name || "")); code.set(base); note.textContent = ""; };
  const templates = h("select", { class: "pick", "aria-label": "Template" }, h("option", { value: "" }, "From a template"), Object.keys(TEMPLATES).map(t => h("option", { value: t }, t)));
  templates.onchange = () => { if (templates.value) { code.set(JSON.stringify(TEMPLATES[templates.value], null, 2)); chosen = ""; templates.value = ""; } };

  mark({ title: name || "New state machine", crumbs: [["Editor", "/console/editor"]], actions: [{ label: "Copy the definition", glyph: "copy", run: () => copy(code.area.value) }, name && { label: `Start ${name}`, run: () => startDialog(go, { machine: name }) }].filter(Boolean) });
  note.textContent = stored && stored !== base ? "draft, kept in this browser" : "";
  show(main, h("div", { class: "stack" }, h("div", { class: "head" }, h("div", {}, h("h1", { class: "cut" }, name || "New state machine"), h("p", { class: "muted" }, `${type}, JSON or YAML`)), h("div", { class: "row acts" }, !saved && templates, button("Discard the draft", discard), publish)),
    h("div", { class: "edit" }, h("section", { class: "panel clip" }, h("header", {}, h("h2", {}, "Definition"), note), code.box, faults),
      h("div", { class: "stack" }, h("section", { class: "panel clip" }, h("header", {}, h("h2", {}, "Graph"), graphNote, button("Fit", () => view.fit(), { glyph: "fit", kind: "quiet icon small" })), view.holder), tryBox, expressionPanel(name, signal)))));
  view.holder.style.height = "418px";
  view.redraw();
  drawTry();
  check(code.area.value);
  signal.addEventListener("abort", () => clearTimeout(timer));
}
