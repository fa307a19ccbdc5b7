// The command palette and the keys. Keys are off inside fields, and altogether by a switch that is remembered.
import { $, all, h, icon, toast } from "./dom.js";
import { get } from "./api.js";
import { kind, nameOf, pageOf } from "./format.js";
import { actionsOfPage, known } from "./frame.js";
import { texts } from "./texts.js";

const PAGES = [[texts.pages.start, "/console/", "home", "G S"], [texts.pages.executions, "/console/executions", "list", "G E"], [texts.pages.failed, "/console/executions?status=FAILED", "fail", "G F"], [texts.pages.machines, "/console/machines", "machine", "G M"],
  [texts.pages.editor, "/console/editor", "edit", ""], [texts.pages.buckets, "/console/buckets", "bucket", "G B"], [texts.pages.tables, "/console/tables", "table", ""], [texts.pages.topics, "/console/topics", "topic", ""],
  [texts.pages.activities, "/console/activities", "activity", ""], [texts.pages.functions, "/console/functions", "fn", ""], [texts.pages.rules, "/console/rules", "rule", ""], [texts.pages.health, "/console/health", "health", "G H"]];
const GOES = { s: "/console/", e: "/console/executions", m: "/console/machines", b: "/console/buckets", h: "/console/health", f: "/console/executions?status=FAILED" };
const ROWS = 8;

let go, keysOn = localStorage.getItem("keys") !== "off", setTheme;
const seen = () => JSON.parse(localStorage.getItem("seen") || "[]");
/// The last ten executions that were looked at.
export function remember(arn) {
  localStorage.setItem("seen", JSON.stringify([arn, ...seen().filter(one => one !== arn)].slice(0, 10)));
}

function choices(text, found) {
  const has = label => label.toLowerCase().includes(text.toLowerCase());
  const groups = [[texts.palette.thisPage, actionsOfPage().filter(a => has(a.label)).map(a => ({ ...a, glyph: a.glyph || "play" }))]];
  const target = text.startsWith("arn:") && pageOf(text.trim());
  if (target) groups.push([texts.palette.arn, [{ label: text, glyph: "link", run: () => go(target) }]]);
  groups.push([texts.palette.goTo, [...PAGES.filter(([label]) => has(label)).map(([label, href, glyph, key]) => ({ label, glyph, key, run: () => go(href) })),
    ...known.machines.filter(name => text && has(name)).slice(0, ROWS).map(name => ({ label: texts.palette.machine(name), glyph: "machine", run: () => go(`/console/machines/${encodeURIComponent(name)}`) })),
    ...known.buckets.filter(name => text && has(name)).slice(0, ROWS).map(name => ({ label: texts.palette.bucket(name), glyph: "bucket", run: () => go(`/console/buckets/${encodeURIComponent(name)}`) }))]]);
  groups.push([texts.pages.executions, (text ? found : seen().map(arn => ({ arn, name: nameOf(arn), machine: arn.split(":")[6] }))).slice(0, ROWS)
    .map(e => ({ label: e.name, more: e.machine, glyph: e.status ? kind(e.status) : "list", run: () => go(pageOf(e.arn)) }))]);
  groups.push([texts.palette.settings, [{ label: texts.common.switchTheme, glyph: "theme", run: () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark") },
    { label: keysOn ? texts.palette.switchKeysOff : texts.palette.switchKeysOn, glyph: "edit", run: switchKeys }, { label: texts.palette.keys, glyph: "more", key: "?", run: openHelp }].filter(c => has(c.label))]);
  return groups.filter(([, list]) => list.length);
}

function switchKeys() {
  keysOn = !keysOn;
  localStorage.setItem("keys", keysOn ? "on" : "off");
  toast(keysOn ? texts.palette.keysAreOn : texts.palette.keysAreOff);
}

export function openPalette() {
  if ($("dialog.pal")) return;
  let rows = [], at = 0, found = [], asked = 0;
  const results = h("div", { id: "palette-list", role: "listbox", "aria-label": texts.palette.results });
  const input = h("input", { role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-label": texts.palette.field, placeholder: texts.palette.hint, autocomplete: "off" });
  const box = h("dialog", { class: "pal", "aria-label": texts.palette.title, onclose: () => box.remove(), onclick: event => event.target === box && box.close() },
    h("div", { class: "q" }, icon("find"), input, h("kbd", {}, texts.palette.escapeKey)), results,
    h("footer", {}, h("span", {}, h("kbd", {}, "↑"), " ", h("kbd", {}, "↓"), texts.palette.choose), h("span", {}, h("kbd", {}, texts.palette.enterKey), texts.palette.run)));
  const choose = n => {
    at = rows.length ? (n + rows.length) % rows.length : 0;
    rows.forEach(({ row }, i) => row.setAttribute("aria-selected", String(i === at)));
    if (rows[at]) { input.setAttribute("aria-activedescendant", rows[at].row.id); rows[at].row.scrollIntoView({ block: "nearest" }); }
  };
  const run = choice => { box.close(); choice.run(); };
  const draw = () => {
    rows = [];
    results.replaceChildren(...choices(input.value, found).flatMap(([title, list]) => [h("h3", { role: "presentation" }, title),
      h("ul", { role: "group", "aria-label": title }, list.map(choice => {
        const row = h("li", { role: "option", id: `pal-${rows.length}`, "aria-selected": "false", onclick: () => run(choice) }, icon(choice.glyph), h("span", { class: "grow" }, choice.label), choice.more && h("span", { class: "faint" }, choice.more), choice.key && h("kbd", {}, choice.key));
        rows.push({ row, choice });
        return row;
      }))]));
    choose(0);
  };
  input.oninput = async () => {
    draw();
    const mine = ++asked, text = input.value.trim();
    if (text.length < 2 || text.startsWith("arn:")) return;
    const answer = await get("executions", { q: text, count: ROWS }).catch(() => ({ executions: [] }));
    if (mine === asked) { found = answer.executions; draw(); }
  };
  input.onkeydown = event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); choose(at + step); }
    if (event.key === "Enter" && rows[at]) { event.preventDefault(); run(rows[at].choice); }
  };
  document.body.append(box);
  box.showModal();
  draw();
  input.focus();
}

function openHelp() {
  const box = h("dialog", { "aria-label": texts.palette.keys, onclose: () => box.remove() }, h("form", { method: "dialog" },
    h("header", {}, h("h2", { class: "grow" }, texts.palette.keys)), h("dl", { class: "kv form" }, texts.palette.help.flatMap(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)])),
    h("footer", {}, h("button", { class: "btn" }, texts.common.close))));
  document.body.append(box);
  box.showModal();
}

function walkRows(step) {
  const rows = all("main tbody tr a.name");
  if (!rows.length) return;
  const now = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, now + step))].focus();
}

export function setUpPalette(goTo, themeSetter) {
  go = goTo;
  setTheme = themeSetter;
  let pending = 0;
  addEventListener("keydown", event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
    if (!keysOn || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    if (Date.now() - pending < 1500 && GOES[event.key]) { pending = 0; event.preventDefault(); go(GOES[event.key]); return; }
    pending = event.key === "g" ? Date.now() : 0;
    const action = actionsOfPage().find(a => a.press === event.key);
    if (event.key === "/") { const field = $("main .field input"); if (field) { event.preventDefault(); field.focus(); } }
    else if (event.key === "?") openHelp();
    else if (event.key === "j") walkRows(1);
    else if (event.key === "k") walkRows(-1);
    else if (action) { event.preventDefault(); action.run(); }
  });
}
