// What stands around every page: navigation, crumbs, zone, theme, the palette's button, and whether the page is live.
import { $, all, h, icon } from "./dom.js";
import { get } from "./api.js";
import { clock, number, onZone, switchZone, zoneName } from "./format.js";
import { watchState } from "./live.js";
import { setUpPalette, openPalette } from "./palette.js";
import { texts } from "./texts.js";

export const known = { machines: [], buckets: [], region: "us-east-1", account: "123456789012", version: "" };
let pageActions = [];
export const actionsOfPage = () => pageActions;

/// A page says who it is: title, crumbs [[label, href]...] and what the palette offers for it [{ label, key, run }].
export function mark({ title, crumbs = [], actions = [] }) {
  document.title = texts.frame.title(title);
  pageActions = actions;
  $(".crumbs").replaceChildren(
    ...crumbs.flatMap(([label, href]) => [h("a", { href }, label), h("span", { class: "sep", "aria-hidden": "true" }, "/")]),
    h("b", { class: "cut" }, title));
  const here = all(".nav a, .tabbar a").filter(a => {
    const path = a.getAttribute("href");
    return path === "/console/" ? location.pathname === path : location.pathname.startsWith(path);
  });
  for (const a of all(".nav a, .tabbar a")) a.removeAttribute("aria-current");
  for (const a of here) if (!a.classList.contains("brand")) a.setAttribute("aria-current", "page");
}

export async function refreshFrame() {
  try {
    Object.assign(known, await get("frame"));
  } catch { return; }
  count("/console/executions", known.running, texts.frame.running);
  count("/console/health", known.quarantined, texts.frame.quarantined, true);
  $(".nav .foot").replaceChildren(h("span", {}, location.host), h("span", {}, `stepd ${known.version}`), ...(known.paused ? [h("span", {}, texts.frame.paused)] : []));
}

function count(href, n, what, bad = false) {
  const place = $(`.nav a[href="${href}"] .n`);
  place.classList.toggle("bad", bad && n > 0);
  place.replaceChildren(...(n > 0 ? [number(n), h("span", { class: "vh" }, ` ${what}`)] : []));
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
}

function openMore() {
  const links = all(".nav ul a").map(a => h("li", {}, h("a", { href: a.getAttribute("href") }, icon(a.querySelector("use").getAttribute("href").slice(3)), a.childNodes[1].textContent)));
  const sheet = h("dialog", { class: "more-sheet", "aria-label": texts.frame.allPages, onclick: () => sheet.close(), onclose: () => sheet.remove() }, h("ul", {}, links));
  document.body.append(sheet);
  sheet.showModal();
}

/// The texts of index.html, which names them: what an element says, what it is called, its hint, and the keys that console.css shows.
function fillDocument() {
  const named = where => { const [group, name] = where.split("."); return texts[group][name]; };
  for (const place of all("[data-text]")) {
    const glyph = $("svg", place);
    if (glyph) glyph.after(named(place.dataset.text));
    else place.append(named(place.dataset.text));
  }
  for (const [from, to] of [["label", "aria-label"], ["hint", "title"], ["press", "data-keys"]]) {
    for (const place of all(`[data-${from}]`)) place.setAttribute(to, named(place.dataset[from]));
  }
}

export function setUpFrame(go) {
  fillDocument();
  const zone = $(".tz span");
  const name = () => { zone.textContent = zoneName(); };
  $(".tz").onclick = switchZone;
  onZone(name);
  name();
  $(".theme").onclick = () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  $(".find").onclick = () => openPalette();
  $(".tabbar .more").onclick = openMore;
  watchState(state => {
    const live = $(".live");
    live.classList.toggle("off", !state.live);
    live.textContent = state.live ? texts.frame.live : state.since ? texts.frame.notLive(clock(state.since, false)) : "";
  });
  setUpPalette(go, setTheme);
  refreshFrame();
}
