// Health: whether the daemon is well, what is full, and what is quarantined.
import { h, button, empty, icon, panel, show } from "../dom.js";
import { get } from "../api.js";
import { bytes, lasted, nameOf, number, pageOf, time } from "../format.js";
import { mark } from "../frame.js";
import { texts } from "../texts.js";

const REFRESH_MS = 5000;
const share = (part, whole) => h("div", { class: "bar" }, Array.from({ length: 20 }, (_, i) => h("i", { class: i < Math.ceil(20 * part / Math.max(1, whole)) ? "d" : "" })));
const fact = (glyph, label, value, note, bar) => h("div", {}, h("dt", {}, icon(glyph), label), h("dd", { class: "v" }, value, h("small", {}, note)), bar && h("dd", {}, bar));

export async function page({ main, signal }) {
  mark({ title: texts.pages.health });
  async function load() {
    const d = await get("health", {}, signal);
    const well = !d.paused && !d.quarantinedCount && !d.outbox.dropped;
    show(main, h("div", { class: "stack" }, h("div", { class: "head" }, h("h1", {}, d.paused ? texts.health.paused : well ? texts.health.well : texts.health.wantsLook), h("div", { class: "row acts" }, button(texts.health.lookAgain, () => load(), { glyph: "redo" }))),
      h("dl", { class: "panel facts" }, fact(d.quarantinedCount ? "warn" : "ok", texts.health.quarantined, number(d.quarantinedCount), texts.health.cannotGoOn), fact("topic", texts.health.toBeDelivered, number(d.outbox.messages), d.outbox.dropped ? texts.health.dropped(d.outbox.dropped) : bytes(d.outbox.bytes)),
        d.disk && fact("health", texts.health.disk, bytes(d.disk.free), texts.health.freeOf(bytes(d.disk.size)), share(d.disk.size - d.disk.free, d.disk.size)), fact("link", texts.health.openPages, number(d.streams), texts.health.streams(d.streams)), fact("brand", texts.health.version, d.version, "")),
      panel(texts.health.lanesOfTasks, { note: texts.health.whatHandlersDo, body: h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": texts.health.lanes }, h("table", {}, h("thead", {}, h("tr", {}, texts.health.columns.map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, d.lanes.map(l => h("tr", {}, h("td", {}, l.lane), h("td", {}, texts.health.used(l.running, l.slots), share(l.running, l.slots)), h("td", {}, texts.health.used(l.waiting, l.waitingMax)), h("td", {}, l.waiting ? lasted(l.oldestWait) : "")))))) }),
      panel(texts.health.quarantinedExecutions, { note: texts.health.oneCostsOne, body: d.quarantined.length ? h("ul", { class: "form" }, d.quarantined.map(q => h("li", {}, h("a", { href: pageOf(q.arn) }, nameOf(q.arn)), " ", time(q.at), q.state ? texts.common.inState(q.state) : "", h("p", { class: "muted" }, q.cause)))) : empty(texts.health.none) })));
  }
  await load();
  const timer = setInterval(() => { if (!document.hidden) load().catch(() => {}); }, REFRESH_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
}
