// Buckets: what lies in them, seen rather than read; files are dropped anywhere on the page.
import { h, button, empty, icon, panel, show, toast, copy } from "../dom.js";
import { get, list, objectAddress, remove } from "../api.js";
import { bytes, time } from "../format.js";
import { known, mark } from "../frame.js";
import { confirmThat } from "../dialog.js";
import { looksLikePicture, picture } from "../picture.js";
import { putFiles } from "./start.js";
import { follow } from "../live.js";
import { texts } from "../texts.js";

const COUNT = 60;
const seenAs = o => ({ bucket: o.bucket, key: o.key, etag: o.etag, type: o.contentType, size: o.size });

export async function page({ args: [bucket], query, main, signal, go, setQuery }) {
  const { buckets } = await get("inventory", {}, signal);
  if (!buckets.length) {
    mark({ title: texts.pages.buckets });
    return show(main, h("h1", {}, texts.pages.buckets), h("div", { class: "panel" }, empty(texts.buckets.none, h("span", {}, texts.buckets.declared), h("pre", {}, "buckets:\n  uploads:\n    watch: true"))));
  }
  if (!bucket) return go(`/console/buckets/${encodeURIComponent(buckets[0].name)}`, { replace: true });
  const here = buckets.find(b => b.name === bucket);
  if (!here) throw Object.assign(new Error(texts.buckets.noSuch(bucket)), { status: 404 });
  let prefix = query.get("prefix") || "", view = query.get("view") || "sheet", key = query.get("key") || "", after = query.get("after") || "", data = null, asked = 0, timer = 0;
  const trail = [], chosen = new Set();
  const body = h("div"), side = h("aside", { class: "panel clip", "aria-label": texts.buckets.object }), foot = h("div", { class: "between form" });
  const files = h("input", { type: "file", multiple: true, class: "vh", tabindex: "-1", "aria-label": texts.buckets.filesToUpload, onchange: async () => { await putFiles(bucket, files.files); files.value = ""; load(); } });
  mark({ title: bucket, crumbs: [[texts.pages.buckets, "/console/buckets"]], actions: [{ label: texts.buckets.uploadFiles, glyph: "up", run: () => files.click() }, { label: texts.buckets.switchView, glyph: "grid", run: () => setView(view === "sheet" ? "list" : "sheet") }] });

  const pick = k => { key = k; setQuery({ key: k }); draw(); };
  const check = o => { const box = h("input", { type: "checkbox", checked: chosen.has(o.key), "aria-label": texts.buckets.choose(o.key), onchange: () => { box.checked ? chosen.add(o.key) : chosen.delete(o.key); drawFoot(); } }); return box; };
  const sheet = () => h("div", { class: "sheet form" }, data.objects.map(o => {
    const object = seenAs({ ...o, bucket }), size = h("div", {}, bytes(o.size)), pic = looksLikePicture(object) ? picture(object, { alt: "" }) : h("span", { class: "ph none st-pic" }, h("span", { class: "row" }, icon("photo"), o.contentType || texts.buckets.file));
    pic.addEventListener("measured", ({ detail }) => { size.textContent = texts.units.pixelsAndSize(detail.width, detail.height, bytes(o.size)); });
    return h("figure", { class: key === o.key ? "chosen" : "" }, h("button", { type: "button", class: "linkish", style: { display: "block", width: "100%" }, "aria-label": texts.buckets.show(o.key), onclick: () => pick(o.key) }, pic), h("figcaption", {}, h("b", { class: "cut", title: o.key }, o.key), size));
  }));
  const table = () => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": texts.buckets.objects }, h("table", {}, h("thead", {}, h("tr", {}, [h("span", { class: "vh" }, texts.buckets.chooseColumn), ...texts.buckets.columns].map((t, i) => h("th", { scope: "col", class: i === 3 ? "num" : "" }, t)))),
    h("tbody", {}, data.objects.map(o => h("tr", { "aria-selected": key === o.key ? "true" : null }, h("td", {}, check(o)), h("td", {}, h("button", { type: "button", class: "linkish", onclick: () => pick(o.key) }, h("span", { class: "cut" }, o.key))), h("td", {}, o.contentType), h("td", { class: "num" }, bytes(o.size)), h("td", { class: "mono" }, time(Date.parse(o.lastModified), false)))))));
  const setView = v => { view = v; setQuery({ view: v === "sheet" ? "" : v }); draw(); };

  function drawSide() {
    const o = data.objects.find(x => x.key === key);
    side.hidden = !key;
    if (!key) return;
    const object = o && seenAs({ ...o, bucket }), size = h("dd", {}, o ? bytes(o.size) : "");
    const pic = object && looksLikePicture(object) ? picture(object, { w: 640, kind: "fit", alt: texts.buckets.preview(key) }) : h("span", { class: "ph none st-pic", style: { aspectRatio: "4 / 3" } }, h("span", { class: "row" }, icon("photo"), o ? texts.common.noPicture : texts.buckets.notOnThisPage));
    pic.style.aspectRatio = "4 / 3";
    pic.addEventListener("measured", ({ detail }) => { size.textContent = texts.units.pixelsAndSize(detail.width, detail.height, bytes(o.size)); });
    show(side, pic, h("div", { class: "form" }, h("div", { class: "between" }, h("h2", { class: "cut", title: key }, key), button(texts.buckets.copyKey, () => copy(key), { glyph: "copy", kind: "quiet icon small" })),
      o && h("dl", { class: "kv" }, [[texts.buckets.size, size], [texts.common.type, h("dd", {}, o.contentType)], [texts.buckets.written, h("dd", {}, time(Date.parse(o.lastModified)))], [texts.buckets.etag, h("dd", { class: "mono" }, o.etag)]].flatMap(([k, dd]) => [h("dt", {}, k), dd])),
      h("div", { class: "row" }, h("a", { class: "btn", href: objectAddress(bucket, key), download: key.split("/").pop() }, icon("down"), texts.common.download), button(texts.common.delete, () => drop([key]), { glyph: "trash", kind: "icon" }), button(texts.common.close, () => pick(""), { kind: "quiet" }))));
  }
  function drop(keys) {
    return confirmThat(texts.buckets.deleteTitle(keys.length), keys.length === 1 ? texts.buckets.deleteOne(keys[0], bucket) : texts.buckets.deleteMany(keys.length, bucket), texts.common.delete, async () => {
      for (const k of keys) await remove(bucket, k);
    }, keys.length).then(done => { if (!done) return; keys.forEach(k => chosen.delete(k)); if (keys.includes(key)) { key = ""; setQuery({ key: "" }); } toast(texts.buckets.deleted(keys.length)); load(); });
  }
  function drawFoot() {
    const newer = button(texts.buckets.back, () => { after = trail.pop() || ""; setQuery({ after }); load(); }, { glyph: "left" }), older = button(texts.common.on, () => { trail.push(after); after = data.after; setQuery({ after }); load(); }, { glyph: "right" });
    newer.disabled = !after;
    older.disabled = !data.more;
    show(foot, h("span", { class: "faint" }, texts.buckets.onThisPage(data.objects.length)), h("span", { class: "row" }, chosen.size ? button(texts.common.deleteNamed(chosen.size), () => drop([...chosen]), { glyph: "trash" }) : "", newer, older));
  }
  function draw() {
    body.replaceChildren(data.objects.length ? (view === "list" ? table() : sheet()) : prefix ? empty(texts.common.nothingMatches, h("span", {}, texts.common.noKeyBeginsWith(prefix)), button(texts.buckets.showAll, () => { search.value = prefix = ""; setQuery({ prefix }); load(); })) : empty(texts.buckets.empty, h("span", {}, here.watched ? texts.buckets.dropStarts(here.starts.join(", ")) : texts.buckets.dropHere)));
    for (const [v, b] of Object.entries(buttons)) b.setAttribute("aria-pressed", String(v === view));
    drawFoot();
    drawSide();
  }
  async function load() {
    const mine = ++asked;
    body.classList.add("loading");
    try {
      const answer = await list(bucket, { prefix, after, limit: COUNT }, signal);
      if (mine !== asked) return;
      data = answer;
      draw();
    } finally {
      if (mine === asked) body.classList.remove("loading");
    }
  }
  const buttons = { sheet: h("button", { type: "button", "aria-label": texts.buckets.asSheet, onclick: () => setView("sheet") }, icon("grid")), list: h("button", { type: "button", "aria-label": texts.buckets.asList, onclick: () => setView("list") }, icon("list")) };
  const search = h("input", { placeholder: texts.common.keyBeginsWith, "aria-label": texts.common.keyBeginsWith, value: prefix, autocomplete: "off" });
  let typing = 0;
  search.oninput = () => { clearTimeout(typing); typing = setTimeout(() => { prefix = search.value; after = ""; trail.length = 0; setQuery({ prefix, after }); load().catch(error => toast(error.message)); }, 150); };
  await load();
  if (signal.aborted) return;
  const page_ = h("div", { class: "bk" },
    h("nav", { class: "panel clip", "aria-label": texts.pages.buckets }, h("header", {}, h("h2", { class: "grow" }, texts.pages.buckets)), buckets.map(b => h("a", { href: `/console/buckets/${encodeURIComponent(b.name)}`, "aria-current": b.name === bucket ? "page" : null }, icon("bucket"), h("span", { class: "cut" }, b.name), h("span"), b.watched ? h("small", {}, texts.buckets.starts(b.starts.join(", "))) : ""))),
    h("section", { class: "panel clip" }, h("header", {}, h("h1", { class: "grow cut" }, bucket), h("label", { class: "field" }, icon("find"), search), h("div", { class: "seg small", role: "group", "aria-label": texts.buckets.view }, buttons.sheet, buttons.list), button(texts.buckets.upload, () => files.click(), { glyph: "up" }), files), body, foot), side);
  page_.ondragover = event => { event.preventDefault(); page_.classList.add("drag-over"); };
  page_.ondragleave = event => { if (event.target === page_) page_.classList.remove("drag-over"); };
  page_.ondrop = async event => { event.preventDefault(); page_.classList.remove("drag-over"); await putFiles(bucket, event.dataTransfer.files); load(); };
  show(main, page_);
  const soon = () => { timer ||= setTimeout(() => { timer = 0; load().catch(() => {}); }, 800); };
  follow(["all"], signal, { rows: soon, reset: soon });
  signal.addEventListener("abort", () => { clearTimeout(timer); clearTimeout(typing); });
}
export { known, panel };
