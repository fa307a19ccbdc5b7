// Health: whether the daemon is well, what is full, and what is quarantined.
import { h, button, empty, icon, panel, show } from "../dom.js";
import { get } from "../api.js";
import { bytes, lasted, nameOf, number, pageOf, plural, time } from "../format.js";
import { mark } from "../frame.js";

const REFRESH_MS = 5000;
const share = (part, whole) => h("div", { class: "bar" }, Array.from({ length: 20 }, (_, i) => h("i", { class: i < Math.ceil(20 * part / Math.max(1, whole)) ? "d" : "" })));
const fact = (glyph, label, value, note, bar) => h("div", {}, h("dt", {}, icon(glyph), label), h("dd", { class: "v" }, value, h("small", {}, note)), bar && h("dd", {}, bar));

export async function page({ main, signal }) {
  mark({ title: "Health" });
  async function load() {
    const d = await get("health", {}, signal);
    const well = !d.paused && !d.quarantinedCount && !d.outbox.dropped;
    show(main, h("div", { class: "stack" }, h("div", { class: "head" }, h("h1", {}, d.paused ? "Paused: requests are answered, nothing runs" : well ? "Everything is well" : "It runs, and something wants to be looked at"), h("div", { class: "row acts" }, button("Look again", () => load(), { glyph: "redo" }))),
      h("dl", { class: "panel facts" }, fact(d.quarantinedCount ? "warn" : "ok", "Quarantined", number(d.quarantinedCount), "executions that cannot go on"), fact("topic", "To be delivered", number(d.outbox.messages), d.outbox.dropped ? `${number(d.outbox.dropped)} dropped` : bytes(d.outbox.bytes)),
        d.disk && fact("health", "Disk", bytes(d.disk.free), `free of ${bytes(d.disk.size)}`, share(d.disk.size - d.disk.free, d.disk.size)), fact("link", "Open pages", number(d.streams), plural(d.streams, "stream")), fact("brand", "Version", d.version, "")),
      panel("Lanes of tasks", { note: "what handlers carry out", body: h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Lanes" }, h("table", {}, h("thead", {}, h("tr", {}, ["Lane", "Running", "Waiting", "First waits"].map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, d.lanes.map(l => h("tr", {}, h("td", {}, l.lane), h("td", {}, `${number(l.running)} of ${number(l.slots)}`, share(l.running, l.slots)), h("td", {}, `${number(l.waiting)} of ${number(l.waitingMax)}`), h("td", {}, l.waiting ? lasted(l.oldestWait) : "")))))) }),
      panel("Quarantined executions", { note: "one bad execution costs one execution", body: d.quarantined.length ? h("ul", { class: "form" }, d.quarantined.map(q => h("li", {}, h("a", { href: pageOf(q.arn) }, nameOf(q.arn)), " ", time(q.at), q.state ? ` in ${q.state}` : "", h("p", { class: "muted" }, q.cause)))) : empty("None") })));
  }
  await load();
  const timer = setInterval(() => { if (!document.hidden) load().catch(() => {}); }, REFRESH_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
}
