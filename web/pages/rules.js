// Rules and notifications: which events start what.
import { h, empty, show } from "../dom.js";
import { get } from "../api.js";
import { mark } from "../frame.js";
import { texts } from "../texts.js";

const targetPage = target => target.startsWith("state machine ") ? `/console/machines/${encodeURIComponent(target.slice(14))}` : target.startsWith("topic ") ? `/console/topics/${encodeURIComponent(target.slice(6))}` : "/console/functions";

export async function page({ main, signal }) {
  mark({ title: texts.pages.rules });
  const { rules } = await get("inventory", {}, signal);
  show(main, h("div", { class: "stack" }, h("h1", {}, texts.pages.rules),
    rules.length ? h("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": texts.pages.rules }, h("table", {}, h("thead", {}, h("tr", {}, texts.rules.columns.map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, rules.map(r => h("tr", {}, h("td", {}, r.name), h("td", {}, r.kind), h("td", {}, h("code", { class: "cut", title: r.hears }, r.hears)), h("td", {}, h("a", { href: targetPage(r.target) }, r.target)))))))
      : h("div", { class: "panel" }, empty(texts.rules.none, h("span", {}, texts.rules.declared)))));
}
