// Functions: what Lambda names of definitions mean here; the calls of those of one's own code, and their logs.
import { h, button, empty, icon, panel, show } from "../dom.js";
import { get, invoke, logTail } from "../api.js";
import { checkJson, field } from "../dialog.js";
import { lasted, plural, status, time } from "../format.js";
import { mark } from "../frame.js";
import { jsonView } from "../json-view.js";

const LINES = 500;
const REPORT = /^REPORT RequestId: (\S+)\s+Duration: ([\d.]+) ms.*Max Memory Used: (\d+) MB(?:\s+Init Duration: ([\d.]+) ms)?(.*)/s;

/// The calls that REPORT lines tell of, the newest first.
function callsOf(events) {
  const failed = new Set(events.map(e => /^\S+ (\S+) Task timed out|RequestId: (\S+) Error/.exec(e.message)).filter(Boolean).map(found => found[1] || found[2]));
  return events.map(e => [e, REPORT.exec(e.message)]).filter(([, found]) => found)
    .map(([e, [, id, took, memory, init, rest]]) => ({ id, at: e.timestamp, took: +took, memory: +memory, init: init && +init, failed: failed.has(id) || /Status: (timeout|error)/.test(rest) })).reverse();
}

function callsPanel(calls) {
  if (!calls.length) return panel("Calls", { body: empty("It has not been called lately") });
  return panel("Calls", { note: `${plural(calls.length, "call")} in the lines that were read`, body: h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Calls" }, h("table", {}, h("thead", {}, h("tr", {}, ["Ended", "Took", "Cold start", "Memory", "Outcome", "Request"].map(t => h("th", { scope: "col" }, t)))),
    h("tbody", {}, calls.slice(0, 100).map(c => h("tr", {}, h("td", {}, time(c.at)), h("td", {}, lasted(c.took)), h("td", {}, c.init ? lasted(c.init) : ""), h("td", {}, `${c.memory} MB`), h("td", {}, status(c.failed ? "failed" : "succeeded")), h("td", {}, h("code", {}, c.id))))))) });
}

function logPanel(group, events) {
  const bad = message => /^\[ERROR\]|Task timed out|Error: |\bERROR\b/.test(message);
  return panel("Log", { note: group, body: events.length ? h("div", { class: "json log", tabindex: "0", role: "region", "aria-label": "Log" }, events.slice(-LINES).map(e => h("div", { class: bad(e.message) ? "ln bad" : "ln" }, time(e.timestamp), h("span", {}, e.message.trimEnd().slice(0, 4000))))) : empty("Nothing has been logged yet") });
}

/// A call by hand.
function tryPanel(name, after) {
  const payload = h("textarea", { class: "ta", spellcheck: "false" }), told = h("div");
  payload.value = "{}";
  const run = async () => {
    try {
      checkJson(payload.value);
      show(told, h("p", { class: "form" }, "It runs."));
      const got = await invoke(name, payload.value);
      show(told, h("div", { class: "form" }, status(got.error ? "failed" : "succeeded")), jsonView(got.payload, "Answer"), got.log && h("pre", { class: "json", tabindex: "0", role: "region", "aria-label": "Log of the call" }, got.log));
      after();
    } catch (error) {
      show(told, h("p", { class: "form s-fail" }, error.message));
    }
  };
  return panel("Call it", { note: "what it does is done", body: [h("div", { class: "form" }, field("Event, JSON", payload), h("div", { class: "row" }, button("Call", run, { glyph: "play", kind: "main" }))), told] });
}

export async function page({ args: [name], main, signal, go }) {
  const { functions } = await get("inventory", {}, signal);
  if (!functions.length) {
    mark({ title: "Functions" });
    return show(main, h("h1", {}, "Functions"), h("div", { class: "panel" }, empty("There is no function", h("span", {}, "Functions are declared in the configuration:"), h("pre", {}, "functions:\n  resizeImage: { handler: image.resize }\n  my-function: { code: ../my-function, handler: app.handler, runtime: python3.12 }"))));
  }
  if (!name) return go(`/console/functions/${encodeURIComponent(functions[0].name)}`, { replace: true });
  mark({ title: name, crumbs: [["Functions", "/console/functions"]] });
  const here = functions.find(f => f.name === name);
  if (!here) return show(main, h("h1", {}, name), h("div", { class: "panel" }, empty("There is no function of that name", h("a", { href: "/console/functions" }, "All functions"))));
  const kept = h("div", { class: "stack" });
  const load = async () => {
    if (!here.logGroup) return;
    try {
      const events = await logTail(here.logGroup, signal);
      if (!events) return show(kept, panel("Log", { note: here.logGroup, body: empty("It has not been called yet") }));
      show(kept, callsPanel(callsOf(events)), logPanel(here.logGroup, events));
    } catch (error) {
      if (error.name !== "AbortError") show(kept, panel("Log", { note: here.logGroup, body: empty("The log cannot be read", h("span", {}, error.message)) }));
    }
  };
  show(main, h("div", { class: "bk", style: { gridTemplateColumns: "216px minmax(0, 1fr)" } },
    h("nav", { class: "panel clip", "aria-label": "Functions" }, h("header", {}, h("h2", {}, "Functions")), functions.map(f => h("a", { href: `/console/functions/${encodeURIComponent(f.name)}`, "aria-current": f.name === name ? "page" : null }, icon("play"), h("span", { class: "cut" }, f.name), h("span"), h("small", { class: "cut" }, f.runs)))),
    h("div", { class: "stack" }, h("div", { class: "head" }, h("div", {}, h("h1", { class: "cut" }, name), h("p", { class: "muted" }, h("code", {}, here.runs), ", from outside ", h("code", {}, `POST /2015-03-31/functions/${name}/invocations`)))),
      here.logGroup ? kept : null, tryPanel(name, load))));
  load();
}
