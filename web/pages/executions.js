// Executions: a list within its filters, all of which stand in the address.
import { h, icon, button, download, empty, show } from "../dom.js";
import { get } from "../api.js";
import { clock, kind, lasted, moment, number, pageOf, plural, readable, status, time, word } from "../format.js";
import { follow } from "../live.js";
import { known, mark, refreshFrame } from "../frame.js";
import { startDialog } from "../actions.js";

const STATUSES = ["", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"];
const SPANS = [["", "any time"], [15 * 60e3, "last 15 minutes"], [3600e3, "last hour"], [86400e3, "last 24 hours"], [7 * 86400e3, "last 7 days"], ["own", "between ..."]];
const COUNT = 50;

function rowOf(e, now) {
  const ended = e.stoppedAt ?? now;
  return h("tr", { "data-arn": e.arn }, h("td", {}, status(e.status), e.quarantined && h("span", { class: "st s-late" }, icon("warn"), "quarantined")),
    h("td", {}, h("a", { class: "name", href: pageOf(e.arn) }, h("span", { class: "cut" }, e.name))),
    h("td", {}, h("a", { href: `/console/machines/${encodeURIComponent(e.machine)}` }, e.machine)),
    h("td", { class: "mono" }, time(e.startedAt)), h("td", { class: "num" }, lasted(ended - e.startedAt)),
    h("td", { class: "err" }, h("span", { class: "cut" }, e.error ? h("span", { class: `st s-${kind(e.status)}` }, e.error) : "", e.cause ? ` ${readable(e.cause)}` : "", e.redrives ? ` ${plural(e.redrives, "redrive")}` : "")));
}

const csv = rows => [["arn", "status", "startedAt", "stoppedAt", "error"], ...rows.map(e => [e.arn, e.status, new Date(e.startedAt).toISOString(), e.stoppedAt ? new Date(e.stoppedAt).toISOString() : "", e.error || ""])]
  .map(line => line.map(text => `"${String(text).replaceAll('"', '""')}"`).join(",")).join("\n");

export async function page({ main, query, signal, go, setQuery }) {
  mark({ title: "Executions", actions: [{ label: "Start an execution", run: () => startDialog(go) }, { label: "Clear all filters", run: () => go("/console/executions") }] });
  const filter = { status: query.get("status") || "", machine: query.get("machine") || "", q: query.get("q") || "", error: query.get("error") || "", span: query.get("span") || "", from: query.get("from") || "", to: query.get("to") || "", before: query.get("before") || "" };
  let asked = 0, data = null, timer = 0;
  const trail = [];

  const tabs = h("div", { class: "seg", role: "group", "aria-label": "Status" }), list = h("div"), foot = h("div", { class: "between count", style: { paddingTop: "12px" } });
  const text = h("input", { placeholder: "A part of the name, or an ARN", "aria-label": "Name or ARN", value: filter.q, autocomplete: "off" });
  const error = h("input", { placeholder: "Error begins with", "aria-label": "Error", value: filter.error, autocomplete: "off" });
  const machine = h("select", { class: "pick", "aria-label": "State machine" }, h("option", { value: "" }, "Any state machine"), [...new Set([...known.machines, ...(filter.machine ? [filter.machine] : [])])].map(name => h("option", { value: name, selected: name === filter.machine }, name)));
  const span = h("select", { class: "pick", "aria-label": "Started" }, SPANS.map(([value, label]) => h("option", { value: String(value), selected: String(value) === filter.span }, label)));
  const local = at => at ? new Date(+at - new Date(+at).getTimezoneOffset() * 60e3).toISOString().slice(0, 16) : "";
  const from = h("input", { type: "datetime-local", class: "in", "aria-label": "From, local time", value: local(filter.from) }), to = h("input", { type: "datetime-local", class: "in", "aria-label": "To, local time", value: local(filter.to) });
  const own = h("span", { class: "row" }, from, "to", to);
  own.hidden = filter.span !== "own";

  const change = (changes, keep = false) => {
    Object.assign(filter, changes, keep ? {} : { before: "" });
    if (!keep) trail.length = 0;
    setQuery(filter);
    load();
  };
  let typing = 0;
  const typed = (input, name) => { input.oninput = () => { clearTimeout(typing); typing = setTimeout(() => change({ [name]: input.value.trim() }), 150); }; };
  typed(text, "q");
  typed(error, "error");
  machine.onchange = () => change({ machine: machine.value });
  span.onchange = () => { own.hidden = span.value !== "own"; change({ span: span.value, ...(span.value === "own" ? {} : { from: "", to: "" }) }); };
  from.onchange = () => change({ from: from.value ? String(+new Date(from.value)) : "" });
  to.onchange = () => change({ to: to.value ? String(+new Date(to.value)) : "" });

  const asks = () => {
    const { span: within, from: since, to: until, ...rest } = filter;
    return { ...rest, count: COUNT, from: within === "own" ? since : within ? Date.now() - within : "", to: within === "own" ? until : "" };
  };
  const named = () => [filter.status && `status ${word(filter.status)}`, filter.machine && `state machine ${filter.machine}`, filter.q && `name "${filter.q}"`, filter.error && `error "${filter.error}"`, filter.span && `started ${SPANS.find(([v]) => String(v) === filter.span)?.[1]}`].filter(Boolean);

  function draw() {
    const all = Object.values(data.counts).reduce((a, b) => a + b, 0);
    tabs.replaceChildren(...STATUSES.map(s => h("button", { type: "button", "aria-pressed": String(s === filter.status), onclick: () => change({ status: s }) }, s && icon(kind(s)), s ? word(s) : "All", h("span", { class: "faint" }, number(s ? data.counts[s] || 0 : all)))));
    const filters = named();
    if (!data.executions.length) {
      list.replaceChildren(filters.length ? empty("Nothing matches", h("span", {}, `Filters: ${filters.join(", ")}.`), data.lookedBackTo && h("span", {}, `Looked back to ${moment(data.lookedBackTo)}.`), button("Clear the filters", () => go("/console/executions")))
        : empty("No execution yet", h("a", { href: "/console/" }, "Go to the start, and drop a picture"), h("span", { class: "faint" }, "Executions of EXPRESS state machines are not kept; their log group tells of them.")));
    } else {
      list.replaceChildren(h("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": "Executions" }, h("table", {}, h("thead", {}, h("tr", {}, ["Status", "Name", "State machine", "Started", "Duration", "Why it failed"].map((title, i) => h("th", { scope: "col", class: i === 4 ? "num" : "" }, title)))), h("tbody", {}, data.executions.map(e => rowOf(e, data.now))))));
    }
    const newer = button("Newer", () => change({ before: trail.pop() || "" }, true), { glyph: "left" }), older = button("Older", () => { trail.push(filter.before); change({ before: data.next }, true); }, { glyph: "right" });
    newer.disabled = !filter.before;
    older.disabled = !data.next;
    foot.replaceChildren(h("span", {}, data.lookedBackTo ? `${plural(data.executions.length, "match", "matches")} back to ${moment(data.lookedBackTo)}; older ones are looked at next` : `${plural(data.executions.length, "execution")} on this page; ${number(all)} in all`), h("span", { class: "row" }, newer, older));
  }

  async function load() {
    const mine = ++asked;
    list.classList.add("loading");
    try {
      const answer = await get("executions", asks(), signal);
      if (mine !== asked || signal.aborted) return;
      data = answer;
      draw();
      banner.hidden = true;
    } catch (fault) {
      if (fault.name === "AbortError" || mine !== asked) return;
      if (!data) throw fault;
      banner.replaceChildren(icon("warn"), h("span", {}, fault.message), h("span", { class: "faint" }, fault.id ? `Request ${fault.id}` : ""));
      banner.hidden = false;
    } finally {
      if (mine === asked) list.classList.remove("loading");
    }
  }
  const banner = h("div", { class: "banner s-fail", role: "alert", hidden: true });
  banner.hidden = true;
  await load();
  if (signal.aborted) return;
  show(main, h("div", { class: "stack" },
    h("div", { class: "head" }, h("h1", {}, "Executions"), h("div", { class: "row acts" }, button("Download", () => download("executions.csv", csv(data.executions), "text/csv"), { glyph: "down" }), button("Start an execution", () => startDialog(go, { machine: filter.machine }), { glyph: "play", kind: "main" }))),
    h("div", { class: "scroll" }, tabs), h("div", { class: "filters" }, h("label", { class: "field grow", style: { minWidth: "200px" } }, icon("find"), text), h("label", { class: "field" }, error), machine, span, own), banner, h("div", {}, list, foot)));

  const soon = rows => {
    // A row that is here is changed by itself; a new one, or one that leaves the filter, needs the list.
    let needs = !rows;
    for (const row of rows || []) {
      const line = main.querySelector(`tr[data-arn="${CSS.escape(row.arn)}"]`);
      const known = data.executions.find(e => e.arn === row.arn);
      if (!line || !known || filter.status) { needs = true; continue; }
      Object.assign(known, { status: row.status, ...(row.status === "RUNNING" ? {} : { stoppedAt: row.at }) });
      line.replaceWith(rowOf(known, row.at));
      needs = true;
    }
    if (needs && !filter.before) timer ||= setTimeout(() => { timer = 0; load().catch(() => {}); refreshFrame(); }, 500);
  };
  follow(["all"], signal, { rows: soon, reset: () => soon() });
  signal.addEventListener("abort", () => { clearTimeout(timer); clearTimeout(typing); });
}
export { clock };
