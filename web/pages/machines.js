// State machines: what there is, and how the executions of each fare.
import { h, button, empty, icon, show } from "../dom.js";
import { get } from "../api.js";
import { number, time } from "../format.js";
import { mark } from "../frame.js";
import { startDialog } from "../actions.js";
import { texts } from "../texts.js";

const BAD = ["FAILED", "TIMED_OUT", "ABORTED"];

export async function page({ main, query, signal, go }) {
  mark({ title: texts.pages.machines, actions: [{ label: texts.machines.write, run: () => go("/console/editor") }] });
  const data = await get("machines", { after: query.get("after") }, signal);
  const row = m => {
    const e = encodeURIComponent(m.name), bad = BAD.reduce((n, s) => n + (m.counts[s] || 0), 0), cell = (n, status) => h("td", { class: "num" }, n ? h("a", { href: `/console/executions?machine=${e}&status=${status}` }, number(n)) : h("span", { class: "faint" }, "0"));
    return h("tr", {}, h("td", {}, h("a", { class: "name", href: `/console/machines/${e}` }, m.name)), h("td", {}, m.type), h("td", {}, m.buckets.map(b => h("a", { href: `/console/buckets/${encodeURIComponent(b)}` }, b))), cell(m.counts.RUNNING, "RUNNING"), cell(m.counts.SUCCEEDED, "SUCCEEDED"),
      h("td", { class: "num" }, bad ? h("a", { class: "st s-fail", href: `/console/executions?machine=${e}&status=FAILED` }, number(bad)) : h("span", { class: "faint" }, "0")), h("td", {}, time(m.updatedAt, false)), h("td", {}, button(texts.common.start, () => startDialog(go, { machine: m.name }), { kind: "small", hint: texts.common.startNamed(m.name) })));
  };
  show(main, h("div", { class: "stack" }, h("div", { class: "head" }, h("h1", {}, texts.pages.machines), h("div", { class: "row acts" }, h("a", { class: "btn main", href: "/console/editor" }, icon("plus"), texts.machines.new))),
    data.machines.length ? h("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": texts.pages.machines }, h("table", {}, h("thead", {}, h("tr", {}, texts.machines.columns.map((t, i) => h("th", { scope: "col", class: i >= 3 && i <= 5 ? "num" : "" }, t)))), h("tbody", {}, data.machines.map(row))))
      : h("div", { class: "panel" }, empty(texts.machines.none, h("a", { href: "/console/editor" }, texts.machines.writeFromTemplate))),
    data.next && h("div", { class: "row" }, h("a", { class: "btn", href: `/console/machines?after=${encodeURIComponent(data.next)}` }, texts.common.more))));
}
