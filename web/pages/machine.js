// One state machine: its graph, definition, versions, aliases, tags and executions.
import { h, button, copy, empty, icon, panel, show } from "../dom.js";
import { get } from "../api.js";
import { lasted, pageOf, status, time } from "../format.js";
import { mark } from "../frame.js";
import { canvas, drawPlan } from "../graph-view.js";
import { jsonView } from "../json-view.js";
import { startDialog } from "../actions.js";
import { follow } from "../live.js";
import { texts } from "../texts.js";

const list = (items, none, row) => items.length ? h("ul", { class: "form" }, items.map(item => h("li", {}, row(item)))) : empty(none);

export async function page({ args: [name], query, main, signal, go }) {
  const e = encodeURIComponent(name), revision = query.get("revision");
  const m = await get(`machines/${e}`, { revision }, signal);
  const start = () => startDialog(go, { machine: name });
  mark({ title: name, crumbs: [[texts.pages.machines, "/console/machines"]], actions: [{ label: texts.common.startNamed(name), run: start }, { label: texts.machine.editIt, glyph: "edit", run: () => go(`/console/editor/${e}`) }, { label: texts.common.copyArn, press: "c", key: "C", glyph: "copy", run: () => copy(m.arn, texts.common.arnCopied) }] });
  const view = canvas(() => drawPlan(m.plan, { errors: true }));
  const executions = h("div", {}, empty(texts.machine.loading));
  const versionLink = v => h("span", {}, h("a", { href: `/console/machines/${e}?revision=${encodeURIComponent(v.revision)}` }, texts.machine.version(v.number)), h("span", { class: "faint" }, ` ${v.description || ""} `), time(v.createdAt, false));
  show(main, h("div", { class: "stack" },
    h("div", { class: "head" }, h("div", {}, h("div", { class: "row" }, h("h1", { class: "cut" }, name), h("span", { class: "tag s-none" }, m.type), button(texts.common.copyArn, () => copy(m.arn, texts.common.arnCopied), { glyph: "copy", kind: "quiet icon small" })),
      h("dl", { class: "meta" }, [[texts.machine.changed, time(m.updatedAt, false)], [texts.machine.created, time(m.createdAt, false)], [texts.machine.revision, h("code", {}, m.revision || texts.machine.firstRevision)], revision && ["", h("a", { href: `/console/machines/${e}` }, texts.machine.showNewest)]].filter(Boolean).map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, v))))),
      h("div", { class: "row acts" }, h("a", { class: "btn", href: `/console/editor/${e}` }, icon("edit"), texts.machine.edit), button(texts.common.startExecution, start, { glyph: "play", kind: "main" }))),
    h("div", { class: "work" },
      h("section", { class: "panel clip" }, h("header", {}, h("h2", {}, texts.common.graph), h("span", { class: "grow" }, texts.graph.states(m.states)), button(texts.graph.smaller, () => view.zoom(1 / 1.2), { glyph: "minus", kind: "quiet icon small" }), button(texts.graph.larger, () => view.zoom(1.2), { glyph: "plus", kind: "quiet icon small" }), button(texts.graph.fit, () => view.fit(), { glyph: "fit", kind: "quiet icon small" })), view.holder),
      h("section", { class: "panel clip" }, h("header", {}, h("h2", {}, texts.common.definition), h("span", { class: "grow" }), button(texts.common.copy, () => copy(m.definition, texts.machine.definitionCopied), { glyph: "copy", kind: "quiet small" })), h("div", { class: "canvas" }, jsonView(m.definition, texts.common.definition)))),
    panel(texts.pages.executions, { acts: h("a", { class: "btn quiet small", href: `/console/executions?machine=${e}` }, texts.machine.allOfThem), body: executions }),
    h("div", { class: "cols even" }, panel(texts.machine.versions, { note: m.versions.length ? "" : texts.machine.nonePublished, body: list(m.versions, texts.machine.noVersion, versionLink) }),
      h("div", { class: "stack" }, panel(texts.machine.aliases, { body: list(m.aliases, texts.machine.noAlias, a => h("span", {}, h("b", {}, a.name), ` ${a.routes.map(r => texts.machine.route(r.version, r.weight)).join(", ")} `, h("span", { class: "faint" }, a.description))) }),
        panel(texts.machine.tags, { body: Object.keys(m.tags).length ? h("dl", { class: "kv form" }, Object.entries(m.tags).flatMap(([k, v]) => [h("dt", {}, k), h("dd", {}, v)])) : empty(texts.machine.noTag) })))));
  view.redraw();
  const load = async () => {
    const { executions: rows, now } = await get("executions", { machine: name, count: 10 }, signal);
    show(executions, rows.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": texts.machine.latestExecutions }, h("table", {}, h("thead", {}, h("tr", {}, texts.machine.columns.map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, rows.map(r => h("tr", {}, h("td", {}, status(r.status)), h("td", {}, h("a", { class: "name", href: pageOf(r.arn) }, r.name)), h("td", { class: "mono" }, time(r.startedAt)), h("td", {}, lasted((r.stoppedAt ?? now) - r.startedAt)), h("td", {}, r.error || "")))))) : empty(m.type === "EXPRESS" ? texts.machine.expressNotKept : texts.machine.hasNotRun));
  };
  await load().catch(error => show(executions, empty(error.message)));
  let timer = 0;
  const soon = () => { timer ||= setTimeout(() => { timer = 0; load().catch(() => {}); }, 500); };
  follow(["all"], signal, { rows: rows => rows.some(r => r.arn.split(":")[6] === name) && soon(), reset: soon });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
