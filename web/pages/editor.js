// The editor: a draft is validated as one types, drawn, and its states tried one by one. The draft stays in this browser until it
// is saved; a save that fails loses nothing.
import { h, button, copy, empty, icon, panel, show, toast } from "../dom.js";
import { aws, get, post } from "../api.js";
import { known, mark, refreshFrame } from "../frame.js";
import { ask, checkJson, field } from "../dialog.js";
import { moment, status } from "../format.js";
import { canvas, drawPlan } from "../graph-view.js";
import { jsonView } from "../json-view.js";
import { machineArn, pretty, startDialog } from "../actions.js";
import { TEMPLATES } from "../templates.js";
import { texts } from "../texts.js";

const TEMPLATE_NAMES = { step: texts.editor.templateStep, picture: texts.editor.templatePicture, branches: texts.editor.templateBranches };
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
  const area = h("textarea", { spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": texts.common.definition });
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
  const list = h("select", { class: "pick", "aria-label": texts.common.earlierInput }, h("option", { value: "" }, texts.common.earlierInput));
  get("executions", { machine: name, count: 8 }, signal).then(({ executions }) => list.append(...executions.map(e => h("option", { value: e.arn }, texts.common.asIn(e.name, moment(e.startedAt, false)))))).catch(() => {});
  list.onchange = async () => { if (list.value) input.value = pretty((await aws("DescribeExecution", { executionArn: list.value })).input); };
  return list;
}

/// An expression by itself: a Pass state that does nothing else is tested with it.
function expressionPanel(name, signal) {
  const language = h("select", { class: "pick", "aria-label": texts.editor.language }, ["JSONata", "JSONPath"].map(l => h("option", { value: l }, l)));
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
      show(answer, jsonView(jsonata ? got.output : JSON.stringify(JSON.parse(got.output).value), texts.editor.value));
    } catch (error) {
      if (error.name !== "AbortError") show(answer, h("p", { class: "form s-fail" }, error.message));
    }
  };
  const onEnter = event => { if (event.key === "Enter" && (event.target === text || event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } };
  text.onkeydown = input.onkeydown = onEnter;
  return panel(texts.editor.tryExpression, { body: [h("div", { class: "form" }, h("div", { class: "row" }, language, name && earlierInputs(name, input, signal)), field(texts.editor.expression, text), field(texts.editor.expressionInput, input), h("div", { class: "row" }, button(texts.editor.evaluate, run, { glyph: "play" }))), answer] });
}

export async function page({ args: [name], main, signal, go }) {
  const saved = name ? await get(`machines/${encodeURIComponent(name)}`, {}, signal) : null;
  const stored = localStorage.getItem(draftKey(name || ""));
  const base = saved ? pretty(saved.definition) : JSON.stringify(TEMPLATES.step, null, 2);
  let type = saved?.type || "STANDARD", asked = 0, checked = null, chosen = "", timer = 0;
  const faults = h("div"), tryBox = h("div"), note = h("span", { class: "grow" }), graphNote = h("span", { class: "grow" });
  const view = canvas(() => checked?.plan ? drawPlan(checked.plan, { errors: true, chosen, choose: pick }) : empty(texts.editor.graphAppears));
  const format = text => /^\s*[{[]/.test(text) ? "json" : "yaml";

  async function check(text) {
    const mine = ++asked;
    try {
      const answer = await post("draft", { type, format: format(text) }, text, signal);
      if (mine !== asked) return;
      checked = { ...answer, plan: answer.plan || checked?.plan };
      drawFaults();
      if (answer.plan) { graphNote.textContent = texts.graph.states(answer.states); view.redraw(); }
      publish.disabled = answer.faults.some(f => f.severity === "error");
      if (chosen && !JSON.stringify(answer.plan || {}).includes(JSON.stringify(chosen))) chosen = "";
      if (!chosen && answer.plan) pick(answer.plan.states.find(s => s.type !== "Missing")?.name || "");
    } catch (error) {
      if (error.name !== "AbortError") show(faults, h("p", { class: "form" }, error.message));
    }
  }
  function drawFaults() {
    const errors = checked.faults.filter(f => f.severity === "error").length, warnings = checked.faults.length - errors;
    const heading = errors || warnings ? [errors && texts.editor.errors(errors), warnings && texts.editor.warnings(warnings)].filter(Boolean).join(", ") : texts.editor.noFault;
    show(faults, h("header", { class: "form" }, h("h3", {}, h("span", { role: "status" }, heading))), h("ul", { class: "faults" }, checked.faults.map(f => h("li", { class: f.severity === "error" ? "s-fail" : "s-late" }, icon(f.severity === "error" ? "fail" : "warn"),
      h("button", { type: "button", class: "linkish pos", onclick: () => f.line && code.goTo(f.line, f.column), "aria-label": f.line ? texts.editor.goToLine(f.line, f.column) : texts.editor.noPosition }, f.line ? `${f.line}:${f.column}` : "–"), h("span", {}, f.message, f.hint ? h("span", { class: "fix" }, texts.editor.wasMeant(f.hint)) : ""), h("code", { class: "faint" }, f.code || "")))));
  }
  const code = codeField(stored ?? base, text => {
    localStorage.setItem(draftKey(name || ""), text);
    note.textContent = texts.editor.draftKept;
    clearTimeout(timer);
    timer = setTimeout(() => check(text), WAIT_MS);
  });

  function pick(state) {
    chosen = state;
    view.redraw();
    drawTry();
  }
  function drawTry() {
    if (!chosen) return show(tryBox, panel(texts.editor.tryState, { body: empty(texts.common.chooseState) }));
    const input = h("textarea", { class: "ta", spellcheck: "false" }), mock = h("textarea", { class: "ta", spellcheck: "false", placeholder: texts.editor.mockHint, style: { minHeight: "72px" } }), answer = h("div");
    input.value = sessionStorage.getItem("try-input") || "{}";
    const run = async () => {
      try {
        checkJson(input.value);
        sessionStorage.setItem("try-input", input.value);
        await check(code.area.value);
        const request = { definition: checked?.definition || code.area.value, stateName: chosen, roleArn: MACHINE_ROLE(), input: input.value, inspectionLevel: "DEBUG" };
        if (mock.value.trim()) { checkJson(mock.value); request.mock = { result: mock.value }; }
        const got = await aws("TestState", request, signal);
        show(answer, h("div", { class: "form" }, h("div", { class: "row" }, status({ SUCCEEDED: "succeeded", FAILED: "failed", CAUGHT_ERROR: "caught", RETRIABLE: "failed" }[got.status] || "running"), got.status === "RETRIABLE" ? texts.editor.triedAgain : "", got.nextState ? h("span", { class: "muted" }, texts.editor.nextIs(got.nextState)) : "", got.error ? h("span", {}, `${got.error}: ${got.cause || ""}`) : "")), got.output !== undefined && jsonView(got.output, texts.editor.stateOutput),
          got.inspectionData && h("details", { class: "form" }, h("summary", {}, texts.editor.stepByStep), jsonView(JSON.stringify(got.inspectionData), texts.editor.inspection)));
      } catch (error) {
        if (error.name !== "AbortError") show(answer, h("p", { class: "form s-fail" }, error.message));
      }
    };
    input.onkeydown = event => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } };
    show(tryBox, panel(texts.editor.tryNamed(chosen), { note: texts.editor.tryNote, body: [h("div", { class: "form" }, name && earlierInputs(name, input, signal), field(texts.common.inputJson, input), field(texts.editor.mock, mock), h("div", { class: "row" }, button(texts.editor.run, run, { glyph: "play", kind: "main" }), h("kbd", {}, texts.editor.runKeys))), answer] }));
  }

  async function save() {
    clearTimeout(timer);
    await check(code.area.value);  // what was checked last may be older than the text
    if (publish.disabled) return toast(texts.editor.draftHasErrors);
    const definition = checked?.definition || code.area.value;
    if (saved) {
      await aws("UpdateStateMachine", { stateMachineArn: machineArn(name), definition });
      localStorage.removeItem(draftKey(name));
      toast(texts.editor.saved);
      return go(`/console/machines/${encodeURIComponent(name)}`);
    }
    const wanted = h("input", { name: "name", required: true, maxlength: 80, autocomplete: "off" });
    const kind = h("select", {}, ["STANDARD", "EXPRESS"].map(t => h("option", { value: t, selected: t === type }, t)));
    const made = await ask(texts.editor.createTitle, { fields: [field(texts.common.name, wanted), field(texts.common.type, kind)], verb: texts.common.create, run: () => aws("CreateStateMachine", { name: wanted.value, definition, roleArn: MACHINE_ROLE(), type: kind.value }) });
    if (!made) return;
    localStorage.removeItem(draftKey(""));
    await refreshFrame();
    go(`/console/machines/${encodeURIComponent(wanted.value)}`);
  }
  const publish = button(saved ? texts.editor.save : texts.common.create, () => save().catch(error => toast(error.message)), { kind: "main" });
  const discard = () => { localStorage.removeItem(draftKey(name || "")); code.set(base); note.textContent = ""; };
  const templates = h("select", { class: "pick", "aria-label": texts.editor.template }, h("option", { value: "" }, texts.editor.fromTemplate), Object.keys(TEMPLATES).map(t => h("option", { value: t }, TEMPLATE_NAMES[t])));
  templates.onchange = () => { if (templates.value) { code.set(JSON.stringify(TEMPLATES[templates.value], null, 2)); chosen = ""; templates.value = ""; } };

  mark({ title: name || texts.editor.newMachine, crumbs: [[texts.pages.editor, "/console/editor"]], actions: [{ label: texts.common.copyDefinition, glyph: "copy", run: () => copy(code.area.value) }, name && { label: texts.common.startNamed(name), run: () => startDialog(go, { machine: name }) }].filter(Boolean) });
  note.textContent = stored && stored !== base ? texts.editor.draftKept : "";
  show(main, h("div", { class: "stack" }, h("div", { class: "head" }, h("div", {}, h("h1", { class: "cut" }, name || texts.editor.newMachine), h("p", { class: "muted" }, texts.editor.kind(type))), h("div", { class: "row acts" }, !saved && templates, button(texts.editor.discard, discard), publish)),
    h("div", { class: "edit" }, h("section", { class: "panel clip" }, h("header", {}, h("h2", {}, texts.common.definition), note), code.box, faults),
      h("div", { class: "stack" }, h("section", { class: "panel clip" }, h("header", {}, h("h2", {}, texts.common.graph), graphNote, button(texts.graph.fit, () => view.fit(), { glyph: "fit", kind: "quiet icon small" })), view.holder), tryBox, expressionPanel(name, signal)))));
  view.holder.style.height = "418px";
  view.redraw();
  drawTry();
  check(code.area.value);
  signal.addEventListener("abort", () => clearTimeout(timer));
}
