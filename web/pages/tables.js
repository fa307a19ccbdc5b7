// Tables: items by key.
import { h, button, empty, icon, panel, show } from "../dom.js";
import { get } from "../api.js";
import { bytes } from "../format.js";
import { mark } from "../frame.js";
import { jsonView } from "../json-view.js";
import { texts } from "../texts.js";

export async function page({ args: [name], query, main, signal, go, setQuery }) {
  const { tables } = await get("inventory", {}, signal);
  if (!tables.length) {
    mark({ title: texts.pages.tables });
    return show(main, h("h1", {}, texts.pages.tables), h("div", { class: "panel" }, empty(texts.tables.none, h("span", {}, texts.tables.declared), h("pre", {}, "tables:\n  images: { key: ImageKey }"))));
  }
  if (!name) return go(`/console/tables/${encodeURIComponent(tables[0].name)}`, { replace: true });
  mark({ title: name, crumbs: [[texts.pages.tables, "/console/tables"]] });
  let prefix = query.get("prefix") || "", after = query.get("after") || "", asked = 0;
  const body = h("div"), one = h("div");
  const search = h("input", { placeholder: texts.common.keyBeginsWith, "aria-label": texts.common.keyBeginsWith, value: prefix, autocomplete: "off" });
  async function load() {
    const mine = ++asked, data = await get(`tables/${encodeURIComponent(name)}`, { prefix, after }, signal);
    if (mine !== asked) return;
    show(body, data.items.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": texts.tables.items },
      h("table", {}, h("thead", {}, h("tr", {}, [data.key, texts.tables.item, texts.tables.size].map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, data.items.map(i => h("tr", {}, h("td", {}, h("button", { type: "button", class: "linkish", onclick: () => { show(one, panel(String(i.key), { note: bytes(i.bytes), body: jsonView(i.text, texts.tables.item) })); one.scrollIntoView({ block: "nearest" }); } }, String(i.key))), h("td", {}, h("code", { class: "cut" }, i.text.slice(0, 160))), h("td", { class: "num" }, bytes(i.bytes)))))))
      : prefix ? empty(texts.common.nothingMatches, h("span", {}, texts.common.noKeyBeginsWith(prefix))) : empty(texts.tables.noItem),
      h("div", { class: "between form" }, h("span", { class: "faint" }, texts.tables.countedItems(data.items.length)), h("span", { class: "row" }, after && button(texts.tables.firstPage, () => { after = ""; setQuery({ after }); load(); }), data.more && button(texts.common.on, () => { after = data.next; setQuery({ after }); load(); }, { glyph: "right" }))));
  }
  let typing = 0;
  search.oninput = () => { clearTimeout(typing); typing = setTimeout(() => { prefix = search.value; after = ""; setQuery({ prefix, after }); load(); }, 150); };
  await load();
  show(main, h("div", { class: "bk", style: { gridTemplateColumns: "216px minmax(0, 1fr)" } }, h("nav", { class: "panel clip", "aria-label": texts.pages.tables }, h("header", {}, h("h2", {}, texts.pages.tables)), tables.map(t => h("a", { href: `/console/tables/${encodeURIComponent(t.name)}`, "aria-current": t.name === name ? "page" : null }, icon("table"), h("span", { class: "cut" }, t.name), h("span"), h("small", {}, texts.tables.key(t.key))))),
    h("div", { class: "stack" }, h("section", { class: "panel clip" }, h("header", {}, h("h1", { class: "grow cut" }, name), h("label", { class: "field" }, icon("find"), search)), body), one)));
}
