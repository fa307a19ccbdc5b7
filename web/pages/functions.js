// Functions: what Lambda names of definitions mean here; the calls of those of one's own code, and their logs.
import { h, button, empty, icon, panel, show } from "../dom.js";
import { get, invoke, logTail } from "../api.js";
import { checkJson, field } from "../dialog.js";
import { lasted, status, time } from "../format.js";
import { mark } from "../frame.js";
import { jsonView } from "../json-view.js";
import { texts } from "../texts.js";

const LINES = 500;
const REPORT = /^REPORT RequestId: (\S+)\s+Duration: ([\d.]+) ms.*Max Memory Used: (\d+) MB(?:\s+Init Duration: ([\d.]+) ms)?(.*)/s;

/// The calls that REPORT lines tell of, the newest first.
function callsOf(events) {
  const failed = new Set(events.map(e => /^\S+ (\S+) Task timed out|RequestId: (\S+) Error/.exec(e.message)).filter(Boolean).map(found => found[1] || found[2]));
  return events.map(e => [e, REPORT.exec(e.message)]).filter(([, found]) => found)
    .map(([e, [, id, took, memory, init, rest]]) => ({ id, at: e.timestamp, took: +took, memory: +memory, init: init && +init, failed: failed.has(id) || /Status: (timeout|error)/.test(rest) })).reverse();
}

function callsPanel(calls) {
  if (!calls.length) return panel(texts.functions.calls, { body: empty(texts.functions.notCalledLately) });
  return panel(texts.functions.calls, { note: texts.functions.callsRead(calls.length), body: h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": texts.functions.calls },
    h("table", {}, h("thead", {}, h("tr", {}, texts.functions.columns.map(t => h("th", { scope: "col" }, t)))),
    h("tbody", {}, calls.slice(0, 100).map(c => h("tr", {}, h("td", {}, time(c.at)), h("td", {}, lasted(c.took)), h("td", {}, c.init ? lasted(c.init) : ""), h("td", {}, texts.functions.memory(c.memory)), h("td", {}, status(c.failed ? "failed" : "succeeded")), h("td", {}, h("code", {}, c.id))))))) });
}

function logPanel(group, events) {
  const bad = message => /^\[ERROR\]|Task timed out|Error: |\bERROR\b/.test(message);
  return panel(texts.functions.log, { note: group, body: events.length ? h("div", { class: "json log", tabindex: "0", role: "region", "aria-label": texts.functions.log }, events.slice(-LINES).map(e => h("div", { class: bad(e.message) ? "ln bad" : "ln" }, time(e.timestamp), h("span", {}, e.message.trimEnd().slice(0, 4000))))) : empty(texts.functions.nothingLogged) });
}

/// A call by hand.
function tryPanel(name, after) {
  const payload = h("textarea", { class: "ta", spellcheck: "false" }), told = h("div");
  payload.value = "{}";
  const run = async () => {
    try {
      checkJson(payload.value);
      show(told, h("p", { class: "form" }, texts.functions.runs));
      const got = await invoke(name, payload.value);
      show(told, h("div", { class: "form" }, status(got.error ? "failed" : "succeeded")), jsonView(got.payload, texts.functions.answer), got.log && h("pre", { class: "json", tabindex: "0", role: "region", "aria-label": texts.functions.logOfCall }, got.log));
      after();
    } catch (error) {
      show(told, h("p", { class: "form s-fail" }, error.message));
    }
  };
  return panel(texts.functions.callIt, { note: texts.functions.callNote, body: [h("div", { class: "form" }, field(texts.functions.event, payload), h("div", { class: "row" }, button(texts.functions.call, run, { glyph: "play", kind: "main" }))), told] });
}

export async function page({ args: [name], main, signal, go }) {
  const { functions } = await get("inventory", {}, signal);
  if (!functions.length) {
    mark({ title: texts.pages.functions });
    return show(main, h("h1", {}, texts.pages.functions), h("div", { class: "panel" }, empty(texts.functions.none, h("span", {}, texts.functions.declared), h("pre", {}, "functions:\n  resizeImage: { handler: image.resize }\n  my-function: { code: ../my-function, handler: app.handler, runtime: python3.12 }"))));
  }
  if (!name) return go(`/console/functions/${encodeURIComponent(functions[0].name)}`, { replace: true });
  mark({ title: name, crumbs: [[texts.pages.functions, "/console/functions"]] });
  const here = functions.find(f => f.name === name);
  if (!here) return show(main, h("h1", {}, name), h("div", { class: "panel" }, empty(texts.functions.noSuch, h("a", { href: "/console/functions" }, texts.functions.all))));
  const kept = h("div", { class: "stack" });
  const load = async () => {
    if (!here.logGroup) return;
    try {
      const events = await logTail(here.logGroup, signal);
      if (!events) return show(kept, panel(texts.functions.log, { note: here.logGroup, body: empty(texts.functions.notCalledYet) }));
      show(kept, callsPanel(callsOf(events)), logPanel(here.logGroup, events));
    } catch (error) {
      if (error.name !== "AbortError") show(kept, panel(texts.functions.log, { note: here.logGroup, body: empty(texts.functions.logFault, h("span", {}, error.message)) }));
    }
  };
  show(main, h("div", { class: "bk", style: { gridTemplateColumns: "216px minmax(0, 1fr)" } },
    h("nav", { class: "panel clip", "aria-label": texts.pages.functions }, h("header", {}, h("h2", {}, texts.pages.functions)), functions.map(f => h("a", { href: `/console/functions/${encodeURIComponent(f.name)}`, "aria-current": f.name === name ? "page" : null }, icon("play"), h("span", { class: "cut" }, f.name), h("span"), h("small", { class: "cut" }, f.runs)))),
    h("div", { class: "stack" }, h("div", { class: "head" }, h("div", {}, h("h1", { class: "cut" }, name), h("p", { class: "muted" }, h("code", {}, here.runs), texts.functions.fromOutside, h("code", {}, `POST /2015-03-31/functions/${name}/invocations`)))),
      here.logGroup ? kept : null, tryPanel(name, load))));
  load();
}
