// Rules and notifications: which events start what.
import { h, empty, show } from "../dom.js";
import { get } from "../api.js";
import { mark } from "../frame.js";

const targetPage = target => target.startsWith("state machine ") ? `/console/machines/${encodeURIComponent(target.slice(14))}` : target.startsWith("topic ") ? `/console/topics/${encodeURIComponent(target.slice(6))}` : "/console/functions";

export async function page({ main, signal }) {
  mark({ title: "Rules" });
  const { rules } = await get("inventory", {}, signal);
  show(main, h("div", { class: "stack" }, h("h1", {}, "Rules"),
    rules.length ? h("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": "Rules" }, h("table", {}, h("thead", {}, h("tr", {}, ["Name", "Kind", "Hears", "Starts"].map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, rules.map(r => h("tr", {}, h("td", {}, r.name), h("td", {}, r.kind), h("td", {}, h("code", { class: "cut", title: r.hears }, r.hears)), h("td", {}, h("a", { href: targetPage(r.target) }, r.target)))))))
      : h("div", { class: "panel" }, empty("There is no rule", h("span", {}, "Rules and notifications are declared in the configuration, and start executions when files arrive.")))));
}
