// Executions: a list within its filters, all of which stand in the address.
import { h, icon, button, download, empty, show } from "../dom.js";
import { get } from "../api.js";
import { clock, kind, lasted, moment, number, pageOf, readable, status, time, word } from "../format.js";
import { follow } from "../live.js";
import { known, mark, refreshFrame } from "../frame.js";
import { startDialog } from "../actions.js";
import { texts } from "../texts.js";

const STATUSES = ["", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"];
const SPANS = [["", texts.executions.anyTime], [15 * 60e3, texts.executions.last15Minutes], [3600e3, texts.executions.lastHour], [86400e3, texts.executions.last24Hours], [7 * 86400e3, texts.executions.last7Days],
  ["own", texts.executions.between]];
const COUNT = 50;

function rowOf(e, now) {
  const ended = e.stoppedAt ?? now;
  return h("tr", { "data-arn": e.arn }, h("td", {}, status(e.status), e.quarantined && h("span", { class: "st s-late" }, icon("warn"), texts.executions.quarantined)),
    h("td", {}, h("a", { class: "name", href: pageOf(e.arn) }, h("span", { class: "cut" }, e.name))),
    h("td", {}, h("a", { href: `/console/machines/${encodeURIComponent(e.machine)}` }, e.machine)),
    h("td", { class: "mono" }, time(e.startedAt)), h("td", { class: "num" }, lasted(ended - e.startedAt)),
    h("td", { class: "err" }, h("span", { class: "cut" }, e.error ? h("span", { class: `st s-${kind(e.status)}` }, e.error) : "", e.cause ? ` ${readable(e.cause)}` : "", e.redrives ? texts.executions.redrives(e.redrives) : "")));
}

const csv = rows => [["arn", "status", "startedAt", "stoppedAt", "error"], ...rows.map(e => [e.arn, e.status, new Date(e.startedAt).toISOString(), e.stoppedAt ? new Date(e.stoppedAt).toISOString() : "", e.error || ""])]
  .map(line => line.map(text => `"${String(text).replaceAll('"', '""')}"`).join(",")).join("\n");

export async function page({ main, query, signal, go, setQuery }) {
  mark({ title: texts.pages.executions, actions: [{ label: texts.common.startExecution, run: () => startDialog(go) }, { label: texts.executions.clearAll, run: () => go("/console/executions") }] });
  const filter = { status: query.get("status") || "", machine: query.get("machine") || "", q: query.get("q") || "", error: query.get("error") || "", span: query.get("span") || "", from: query.get("from") || "", to: query.get("to") || "", before: query.get("before") || "" };
  let asked = 0, data = null, timer = 0;
  const trail = [];

  const tabs = h("div", { class: "seg", role: "group", "aria-label": texts.executions.status }), list = h("div"), foot = h("div", { class: "between count", style: { paddingTop: "12px" } });
  const text = h("input", { placeholder: texts.executions.nameHint, "aria-label": texts.executions.nameOrArn, value: filter.q, autocomplete: "off" });
  const error = h("input", { placeholder: texts.executions.errorHint, "aria-label": texts.executions.error, value: filter.error, autocomplete: "off" });
  const machine = h("select", { class: "pick", "aria-label": texts.common.machine }, h("option", { value: "" }, texts.executions.anyMachine), [...new Set([...known.machines, ...(filter.machine ? [filter.machine] : [])])].map(name => h("option", { value: name, selected: name === filter.machine }, name)));
  const span = h("select", { class: "pick", "aria-label": texts.executions.started }, SPANS.map(([value, label]) => h("option", { value: String(value), selected: String(value) === filter.span }, label)));
  const local = at => at ? new Date(+at - new Date(+at).getTimezoneOffset() * 60e3).toISOString().slice(0, 16) : "";
  const from = h("input", { type: "datetime-local", class: "in", "aria-label": texts.executions.from, value: local(filter.from) }), to = h("input", { type: "datetime-local", class: "in", "aria-label": texts.executions.until, value: local(filter.to) });
  const own = h("span", { class: "row" }, from, texts.executions.to, to);
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
  const named = () => [filter.status && texts.executions.byStatus(word(filter.status)), filter.machine && texts.executions.byMachine(filter.machine), filter.q && texts.executions.byName(filter.q), filter.error && texts.executions.byError(filter.error), filter.span && texts.executions.byTime(SPANS.find(([v]) => String(v) === filter.span)?.[1])].filter(Boolean);

  function draw() {
    const all = Object.values(data.counts).reduce((a, b) => a + b, 0);
    tabs.replaceChildren(...STATUSES.map(s => h("button", { type: "button", "aria-pressed": String(s === filter.status), onclick: () => change({ status: s }) }, s && icon(kind(s)), s ? word(s) : texts.executions.all, h("span", { class: "faint" }, number(s ? data.counts[s] || 0 : all)))));
    const filters = named();
    if (!data.executions.length) {
      list.replaceChildren(filters.length ? empty(texts.common.nothingMatches, h("span", {}, texts.executions.filters(filters.join(", "))), data.lookedBackTo && h("span", {}, texts.executions.lookedBackTo(moment(data.lookedBackTo))), button(texts.executions.clear, () => go("/console/executions")))
        : empty(texts.executions.none, h("a", { href: "/console/" }, texts.executions.goAndDrop), h("span", { class: "faint" }, texts.executions.expressNotKept)));
    } else {
      list.replaceChildren(h("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": texts.pages.executions }, h("table", {}, h("thead", {}, h("tr", {}, texts.executions.columns.map((title, i) => h("th", { scope: "col", class: i === 4 ? "num" : "" }, title)))), h("tbody", {}, data.executions.map(e => rowOf(e, data.now))))));
    }
    const newer = button(texts.executions.newer, () => change({ before: trail.pop() || "" }, true), { glyph: "left" }), older = button(texts.executions.older, () => { trail.push(filter.before); change({ before: data.next }, true); }, { glyph: "right" });
    newer.disabled = !filter.before;
    older.disabled = !data.next;
    foot.replaceChildren(h("span", {}, data.lookedBackTo ? texts.executions.matchesBackTo(data.executions.length, moment(data.lookedBackTo)) : texts.executions.onThisPage(data.executions.length, all)), h("span", { class: "row" }, newer, older));
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
      banner.replaceChildren(icon("warn"), h("span", {}, fault.message), h("span", { class: "faint" }, fault.id ? texts.common.request(fault.id) : ""));
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
    h("div", { class: "head" }, h("h1", {}, texts.pages.executions), h("div", { class: "row acts" }, button(texts.common.download, () => download("executions.csv", csv(data.executions), "text/csv"), { glyph: "down" }), button(texts.common.startExecution, () => startDialog(go, { machine: filter.machine }), { glyph: "play", kind: "main" }))),
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
