// One state machine: its graph, definition, versions, aliases, tags and executions.
import { h, button, copy, empty, icon, panel, show } from "../dom.js";
import { get } from "../api.js";
import { lasted, pageOf, plural, status, time } from "../format.js";
import { mark } from "../frame.js";
import { canvas, drawPlan } from "../graph-view.js";
import { jsonView } from "../json-view.js";
import { startDialog } from "../actions.js";
import { follow } from "../live.js";

const list = (items, none, row) => items.length ? h("ul", { class: "form" }, items.map(item => h("li", {}, row(item)))) : empty(none);

export async function page({ args: [name], query, main, signal, go }) {
  const e = encodeURIComponent(name), revision = query.get("revision");
  const m = await get(`machines/${e}`, { revision }, signal);
  const start = () => startDialog(go, { machine: name });
  mark({ title: name, crumbs: [["State machines", "/console/machines"]], actions: [{ label: `Start ${name}`, run: start }, { label: "Edit it", glyph: "edit", run: () => go(`/console/editor/${e}`) }, { label: "Copy the ARN", press: "c", key: "C", glyph: "copy", run: () => copy(m.arn, "The ARN is copied.") }] });
  const view = canvas(() => drawPlan(m.plan, { errors: true }));
  const executions = h("div", {}, empty("Loading"));
  const versionLink = v => h("span", {}, h("a", { href: `/console/machines/${e}?revision=${encodeURIComponent(v.revision)}` }, `Version ${v.number}`), h("span", { class: "faint" }, ` ${v.description || ""} `), time(v.createdAt, false));
  show(main, h("div", { class: "stack" },
    h("div", { class: "head" }, h("div", {}, h("div", { class: "row" }, h("h1", { class: "cut" }, name), h("span", { class: "tag s-none" }, m.type), button("Copy the ARN", () => copy(m.arn, "The ARN is copied."), { glyph: "copy", kind: "quiet icon small" })),
      h("dl", { class: "meta" }, [["Changed", time(m.updatedAt, false)], ["Created", time(m.createdAt, false)], ["Revision", h("code", {}, m.revision || "first")], revision && ["", h("a", { href: `/console/machines/${e}` }, "Show the newest")]].filter(Boolean).map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, v))))),
      h("div", { class: "row acts" }, h("a", { class: "btn", href: `/console/editor/${e}` }, icon("edit"), "Edit"), button("Start an execution", start, { glyph: "play", kind: "main" }))),
    h("div", { class: "work" },
      h("section", { class: "panel clip" }, h("header", {}, h("h2", {}, "Graph"), h("span", { class: "grow" }, plural(m.states, "state")), button("Smaller", () => view.zoom(1 / 1.2), { glyph: "minus", kind: "quiet icon small" }), button("Larger", () => view.zoom(1.2), { glyph: "plus", kind: "quiet icon small" }), button("Fit", () => view.fit(), { glyph: "fit", kind: "quiet icon small" })), view.holder),
      h("section", { class: "panel clip" }, h("header", {}, h("h2", {}, "Definition"), h("span", { class: "grow" }), button("Copy", () => copy(m.definition, "The definition is copied."), { glyph: "copy", kind: "quiet small" })), h("div", { class: "canvas" }, jsonView(m.definition, "Definition")))),
    panel("Executions", { acts: h("a", { class: "btn quiet small", href: `/console/executions?machine=${e}` }, "All of them"), body: executions }),
    h("div", { class: "cols even" }, panel("Versions", { note: m.versions.length ? "" : "none is published", body: list(m.versions, "No version", versionLink) }),
      h("div", { class: "stack" }, panel("Aliases", { body: list(m.aliases, "No alias", a => h("span", {}, h("b", {}, a.name), ` ${a.routes.map(r => `version ${r.version} ${r.weight} %`).join(", ")} `, h("span", { class: "faint" }, a.description))) }),
        panel("Tags", { body: Object.keys(m.tags).length ? h("dl", { class: "kv form" }, Object.entries(m.tags).flatMap(([k, v]) => [h("dt", {}, k), h("dd", {}, v)])) : empty("No tag") })))));
  view.redraw();
  const load = async () => {
    const { executions: rows, now } = await get("executions", { machine: name, count: 10 }, signal);
    show(executions, rows.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Latest executions" }, h("table", {}, h("thead", {}, h("tr", {}, ["Status", "Name", "Started", "Duration", "Error"].map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, rows.map(r => h("tr", {}, h("td", {}, status(r.status)), h("td", {}, h("a", { class: "name", href: pageOf(r.arn) }, r.name)), h("td", { class: "mono" }, time(r.startedAt)), h("td", {}, lasted((r.stoppedAt ?? now) - r.startedAt)), h("td", {}, r.error || "")))))) : empty(m.type === "EXPRESS" ? "Executions of an EXPRESS state machine are not kept" : "It has not run yet"));
  };
  await load().catch(error => show(executions, empty(error.message)));
  let timer = 0;
  const soon = () => { timer ||= setTimeout(() => { timer = 0; load().catch(() => {}); }, 500); };
  follow(["all"], signal, { rows: rows => rows.some(r => r.arn.split(":")[6] === name) && soon(), reset: soon });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
