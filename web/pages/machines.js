// State machines: what there is, and how the executions of each fare.
import { h, button, empty, icon, show } from "../dom.js";
import { get } from "../api.js";
import { number, time } from "../format.js";
import { mark } from "../frame.js";
import { startDialog } from "../actions.js";

const BAD = ["FAILED", "TIMED_OUT", "ABORTED"];

export async function page({ main, query, signal, go }) {
  mark({ title: "State machines", actions: [{ label: "Write a state machine", run: () => go("/console/editor") }] });
  const data = await get("machines", { after: query.get("after") }, signal);
  const row = m => {
    const e = encodeURIComponent(m.name), bad = BAD.reduce((n, s) => n + (m.counts[s] || 0), 0), cell = (n, status) => h("td", { class: "num" }, n ? h("a", { href: `/console/executions?machine=${e}&status=${status}` }, number(n)) : h("span", { class: "faint" }, "0"));
    return h("tr", {}, h("td", {}, h("a", { class: "name", href: `/console/machines/${e}` }, m.name)), h("td", {}, m.type), h("td", {}, m.buckets.map(b => h("a", { href: `/console/buckets/${encodeURIComponent(b)}` }, b))), cell(m.counts.RUNNING, "RUNNING"), cell(m.counts.SUCCEEDED, "SUCCEEDED"),
      h("td", { class: "num" }, bad ? h("a", { class: "st s-fail", href: `/console/executions?machine=${e}&status=FAILED` }, number(bad)) : h("span", { class: "faint" }, "0")), h("td", {}, time(m.updatedAt, false)), h("td", {}, button("Start", () => startDialog(go, { machine: m.name }), { kind: "small", hint: `Start ${m.name}` })));
  };
  show(main, h("div", { class: "stack" }, h("div", { class: "head" }, h("h1", {}, "State machines"), h("div", { class: "row acts" }, h("a", { class: "btn main", href: "/console/editor" }, icon("plus"), "New"))),
    data.machines.length ? h("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": "State machines" }, h("table", {}, h("thead", {}, h("tr", {}, [["Name"], ["Type"], ["Inbox"], ["Running", 1], ["Succeeded", 1], ["Ended badly", 1], ["Changed"], ["Start"]].map(([t, num]) => h("th", { scope: "col", class: num ? "num" : "" }, t)))), h("tbody", {}, data.machines.map(row))))
      : h("div", { class: "panel" }, empty("There is no state machine yet", h("a", { href: "/console/editor" }, "Write one from a template"))),
    data.next && h("div", { class: "row" }, h("a", { class: "btn", href: `/console/machines?after=${encodeURIComponent(data.next)}` }, "More"))));
}
