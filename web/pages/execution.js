// One execution: how it ended and why, the pictures, the way it took, each state's data, the times, the raw events. The panels
// load apart; none waits for another or hides another's error.
import { h, icon, button, copy, empty, panel, show } from "../dom.js";
import { get, aws, objectAddress, path } from "../api.js";
import { bytes, clock, decimal, kind, lasted, moment, nameOf, number, pageOf, readable, status, time, word } from "../format.js";
import { follow } from "../live.js";
import { looksLikePicture, picture } from "../picture.js";
import { mark } from "../frame.js";
import { remember } from "../palette.js";
import { canvas, drawPlan } from "../graph-view.js";
import { jsonDiff, jsonView } from "../json-view.js";
import { virtualRows } from "../virtual-rows.js";
import { answerToken, copyCommand, downloadHistory, moreMenu, redrive, rerun, stop } from "../actions.js";
import { texts } from "../texts.js";

const FAILED = new Set(["failed", "timedOut", "caught"]);
const ENDED_BADLY = new Set(["FAILED", "TIMED_OUT", "ABORTED"]);

/// What went wrong first: the state whose own failure made others fail.
const culprit = data => data.states.find(s => FAILED.has(s.fate) && s.type !== "Parallel" && s.type !== "Map" && s.type !== "Fail") || data.states.find(s => s.name === data.failedState);

function head(data, x, acts) {
  const e = data.execution;
  const facts = [[texts.common.machine, h("a", { href: `/console/machines/${encodeURIComponent(e.machine)}` }, e.machine), e.version ? texts.execution.version(e.version) : "", e.alias ? texts.execution.alias(e.alias) : ""],
    [texts.execution.started, time(e.startedAt)], [e.stoppedAt ? texts.execution.took : texts.execution.runsFor, h("span", { class: "took" }, lasted((e.stoppedAt ?? data.now) - e.startedAt))]];
  if (e.redrives) facts.push([texts.execution.redriven, texts.execution.redrivenTimes(e.redrives), e.redrivenAt ? texts.execution.redrivenLast(moment(e.redrivenAt)) : ""]);
  if (data.parent) facts.push([texts.execution.startedBy, h("a", { href: pageOf(data.parent) }, nameOf(data.parent))]);
  return h("div", { class: "head" }, h("div", {},
    h("div", { class: "row", style: { flexWrap: "wrap" } }, h("h1", { class: "cut" }, e.name), status(e.status, "tag"), button(texts.common.copyArn, () => copy(e.arn, texts.common.arnCopied), { glyph: "copy", kind: "quiet icon small" })),
    h("dl", { class: "meta" }, facts.map(([label, ...value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value))))), h("div", { class: "row acts" }, acts));
}

function note(data, choose) {
  const e = data.execution;
  if (e.quarantine) return h("div", { class: "note s-late" }, icon("warn"), h("div", {}, h("b", {}, texts.execution.quarantined), e.quarantine.state ? texts.common.inState(e.quarantine.state) : ""), h("span"), h("p", {}, e.quarantine.cause));
  if (!ENDED_BADLY.has(e.status)) return null;
  const first = culprit(data), last = data.failedState;
  const where = first && h("span", {}, texts.execution.failedIn, h("button", { type: "button", class: "linkish", onclick: () => choose(first.name) }, first.name), last && last !== first.name ? [texts.execution.thenIn, h("button", { type: "button", class: "linkish", onclick: () => choose(last) }, last)] : "");
  const cause = readable(first?.cause || e.cause);
  const helps = e.notRedrivable ? texts.execution.notRedrivable(e.notRedrivable) : data.states.find(s => s.name === last)?.type === "Fail" ? texts.execution.redriveEnds(last) : "";
  return h("div", { class: `note s-${kind(e.status)}` }, icon(kind(e.status)), h("div", {}, h("b", {}, first?.error || e.error || word(e.status)), where),
    h("div", { class: "row" }, first && button(texts.execution.showState, () => choose(first.name), { kind: "small" }), button(texts.common.copy, () => copy([first?.error || e.error, cause].filter(Boolean).join("\n")), { glyph: "copy", kind: "small" })),
    h("p", {}, cause || (e.status === "ABORTED" ? texts.execution.wasStopped : "")), helps && h("p", { class: "faint" }, helps));
}

// ---- pictures -------------------------------------------------------------------------------------------------------------

function figure(object, told) {
  const size = h("span", { class: "muted" }, object.type || ""), weight = h("span", { class: "r" }, object.size === undefined ? "" : bytes(object.size));
  const link = `/console/buckets/${encodeURIComponent(object.bucket)}?key=${encodeURIComponent(object.key)}`;
  const kept = object.copy, gone = object.etag === undefined && !kept;
  const pic = kept ? picture(kept, { w: 640, kind: "fit" }) : gone ? h("span", { class: "ph fit none st-pic" }, h("span", { class: "row" }, icon("photo"), texts.execution.goneNow)) : looksLikePicture(object) ? picture(object, { w: 640, kind: "fit" }) : h("span", { class: "ph fit none st-pic" }, h("span", { class: "row" }, icon("photo"), texts.common.noPicture));
  pic.addEventListener("measured", ({ detail }) => { size.textContent = texts.units.pixels(detail.width, detail.height); Object.assign(object, detail); told(); });
  if (kept) weight.textContent = bytes(kept.size);
  pic.addEventListener("unseen", ({ detail }) => { size.textContent = detail.error; size.title = detail.cause || ""; });
  return h("figure", {}, gone || kept ? pic : h("a", { href: link, "aria-label": `${object.bucket}/${object.key}` }, pic),
    h("figcaption", {}, h("b", { class: "cut" }, `${object.bucket}/${object.key}`), h("span", { class: "r" }, object.written ? (object.state ? texts.execution.writtenBy(object.state) : texts.execution.written) : texts.execution.read), size, weight, kept ? h("span", { class: "faint", style: { gridColumn: "1 / 3" } }, texts.execution.keptAs(`${kept.bucket}/${kept.key}`)) : ""));
}

/// The two on top of each other, with an edge between them that is moved: by pointer, and by keys as any slider.
function swipe(before, after) {
  const over = picture(after, { w: 640, kind: "fit" }), edge = h("span", { class: "edge", "aria-hidden": "true" });
  const slider = h("input", { type: "range", min: "0", max: "100", "aria-label": texts.execution.howMuchBefore });
  const move = () => { over.style.clipPath = `inset(0 0 0 ${slider.value}%)`; edge.style.left = `${slider.value}%`; };
  slider.oninput = move;
  slider.value = "50";
  move();
  return h("div", { class: "swipe" }, picture(before, { w: 640, kind: "fit" }), over, edge, slider, h("div", { class: "row" }, h("span", { class: "grow" }, texts.execution.before), h("span", {}, texts.execution.after)));
}

function changes(read, written) {
  const rows = [];
  if (read?.width && written?.width) {
    rows.push([texts.execution.pixels, texts.execution.pixelsFromTo(decimal(read.width * read.height / 1e6, 1), decimal(written.width * written.height / 1e6, 1))]);
    rows.push([texts.execution.format, read.format === written.format ? texts.execution.formatStill(read.format) : texts.execution.formatFromTo(read.format, written.format)]);
  }
  const was = read?.size ?? read?.copy?.size;
  if (was && was === written?.size) rows.push([texts.execution.weight, texts.execution.weightSame]);
  else if (was && written?.size) rows.push([texts.execution.weight, texts.units.percent(`${written.size <= was ? "−" : "+"}${decimal(Math.abs(100 * (written.size / was - 1)), 1)}`)]);
  return rows;
}

async function pictures(x, place) {
  const { objects, cut } = await get(`${x.at}/objects`, {}, x.signal);
  if (!objects.length) { place.hidden = true; return; }
  place.hidden = false;
  const read = objects.filter(o => !o.written), written = objects.filter(o => o.written);
  const before = read.find(looksLikePicture) || read[0], after = written.findLast(o => looksLikePicture(o) && o.etag) || written[0];
  // What was read is often moved on: its copy is what it looked like.
  if (before && before.etag === undefined) before.copy = written.find(o => o !== after && o.etag && looksLikePicture(o) && o.key.split("/").pop() === before.key.split("/").pop());
  const delta = h("dl"), told = () => delta.replaceChildren(...changes(before, after).flatMap(([k, v]) => [h("dt", {}, k), h("dd", {}, v)]));
  told();
  const others = objects.filter(o => o !== before && o !== after);
  const many = objects.length > 3 || !before || !after;
  const body = many ? h("div", { class: "pics many" }, [before, after, ...others].filter(Boolean).map(o => figure(o, told)))
    : h("div", { class: "pics" }, figure(before, told), h("div", { class: "to" }, icon("arrow")), figure(after, told), others[0] ? figure(others[0], told) : h("span"), h("div", { class: "delta" }, h("h3", {}, texts.execution.whatChanged), delta));
  const seen = [before?.copy || before, after];
  const comparable = seen.every(o => o?.etag !== undefined && looksLikePicture(o)), aside = h("div", { hidden: true });
  const compare = comparable && h("button", { type: "button", class: "btn small quiet", "aria-pressed": "false", onclick: event => {
    const on = aside.hidden;
    event.currentTarget.setAttribute("aria-pressed", String(on));
    aside.hidden = !on;
    if (on) show(aside, swipe(...seen)); else aside.replaceChildren();
  } }, texts.execution.compare);
  show(place, panel(texts.execution.pictures, { acts: compare, note: texts.execution.readAndWritten(read.length, written.length, cut), body: [body, aside] }));
}

// ---- graph ----------------------------------------------------------------------------------------------------------------

const fatesOf = data => new Map(data.states.map(s => [s.name, {
  fate: s.fate, tries: s.entered > 1 ? 1 : 1 + (s.retries || 0), took: s.entered === 1 ? (s.to ? lasted(s.to - s.from) : s.fate === "running" ? "" : "") : texts.execution.visitedTimes(s.entered),
  counts: s.entered > 1 && Object.keys(s.ends).length ? Object.entries(s.ends).map(([end, n]) => texts.execution.endedSo(n, word(end))).join(", ") : "",
}]));

function graphPanel(x) {
  let show_ = x.query.get("show") === "all" ? "all" : "ran", plan = null;
  const title = h("span", { class: "grow" });
  const view = canvas(() => drawPlan(plan.plan, { fates: fatesOf(x.data), ways: plan.ways, chosen: x.chosen, errors: show_ === "all", choose: x.choose }));
  const ran = h("button", { type: "button", onclick: () => pick("ran") }, texts.execution.whatRan), whole = h("button", { type: "button", onclick: () => pick("all") }, texts.execution.allStates);
  const marks = () => { ran.setAttribute("aria-pressed", String(show_ === "ran")); whole.setAttribute("aria-pressed", String(show_ === "all")); };
  const pick = which => { show_ = which; x.setQuery({ show: which === "all" ? "all" : "" }); marks(); load(); };
  marks();
  async function load() {
    try {
      plan = await get(`${x.at}/graph`, { show: show_ }, x.signal);
      title.textContent = show_ === "ran" ? texts.execution.shownOf(plan.shown, plan.states) : texts.graph.states(plan.states);
      whole.textContent = texts.execution.allOf(plan.states);
      view.redraw();
    } catch (error) {
      if (error.name !== "AbortError") view.holder.replaceChildren(empty(texts.execution.graphFault, h("span", {}, error.message)));
    }
  }
  const box = h("section", { class: "panel clip" }, h("header", {}, h("h2", {}, texts.common.graph), title, h("div", { class: "seg small", role: "group", "aria-label": texts.execution.howMuchGraph }, ran, whole),
    button(texts.graph.smaller, () => view.zoom(1 / 1.2), { glyph: "minus", kind: "quiet icon small" }), button(texts.graph.larger, () => view.zoom(1.2), { glyph: "plus", kind: "quiet icon small" }), button(texts.graph.fit, () => view.fit(), { glyph: "fit", kind: "quiet icon small" })),
    view.holder, h("div", { class: "legend" }, ["succeeded", "running", "failed", "timedOut", "aborted", "none"].map(s => status(s))));
  return { box, load, redraw: () => plan && view.redraw() };
}

// ---- one state ------------------------------------------------------------------------------------------------------------

function tabs(labels, chosen, pick, name) {
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": name });
  const set = id => all_.forEach(tab => { const on = tab.dataset.id === id; tab.setAttribute("aria-selected", String(on)); tab.tabIndex = on ? 0 : -1; });
  const all_ = labels.map(([id, label]) => h("button", { type: "button", role: "tab", "data-id": id, onclick: () => { set(id); pick(id); } }, label));
  list.onkeydown = event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = all_[(all_.indexOf(document.activeElement) + step + all_.length) % all_.length];
    next.click();
    next.focus();
  };
  list.append(...all_);
  set(chosen);
  return list;
}

function attempts(visit) {
  if (!visit.attempts.length) return empty(texts.execution.callsNothing);
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": texts.execution.tries }, h("table", {}, h("thead", {}, h("tr", {}, texts.execution.tryColumns.map(t => h("th", { scope: "col" }, t)))),
    h("tbody", {}, visit.attempts.map((a, i) => h("tr", {}, h("td", {}, String(i + 1)), h("td", { class: "mono" }, clock(a.at)), h("td", {}, a.endedAt ? lasted(a.endedAt - a.at) : texts.execution.tryRuns),
      h("td", {}, a.error ? h("span", { class: "cut", title: a.cause || "" }, h("span", { class: "st s-fail" }, icon("fail"), a.error), ` ${readable(a.cause)}`) : a.endedAt ? status("succeeded") : status("running"), a.retriedAt ? h("span", { class: "faint" }, texts.execution.nextTry(clock(a.retriedAt))) : ""))))));
}

function statePanel(x) {
  const box = h("section", { class: "panel", "aria-label": texts.common.state });
  let tab = x.query.get("tab") || "io", asked = 0;
  const views = {
    io: (state, visit) => {
      if (visit.output === undefined) return h("div", { class: "io" }, h("div", {}, h("h3", {}, texts.common.input, h("span", { class: "faint" }, bytes(visit.input.length))), jsonView(visit.input, texts.common.input)), h("div", {}, h("h3", {}, texts.common.output), empty(state.fate === "running" ? texts.common.itStillRuns : texts.execution.noOutput, state.error && h("span", {}, `${state.error}: ${readable(state.cause)}`))));
      const { before, after, added, removed } = jsonDiff(visit.input, visit.output);
      return h("div", { class: "io" }, h("div", {}, h("h3", {}, texts.common.input, h("span", { class: "faint" }, `${bytes(visit.input.length)}${removed ? texts.execution.linesGone(removed) : ""}`)), before),
        h("div", {}, h("h3", {}, visit.caught ? texts.execution.handedTo(visit.next) : texts.common.output, h("span", { class: "faint" }, added ? texts.execution.linesNew(added) : texts.execution.linesSame)), after));
    },
    tries: (state, visit) => h("div", {}, attempts(visit), visit.attempts.at(-1)?.input && h("div", {}, h("h3", { class: "form" }, texts.execution.lastCall), jsonView(visit.attempts.at(-1).input, texts.execution.taskInput))),
    variables: (state, visit) => Object.keys(visit.assigned).length ? Object.entries(visit.assigned).map(([name, value]) => h("div", {}, h("h3", { class: "form" }, `$${name}`), jsonView(value, name))) : empty(texts.execution.assignsNothing),
    definition: state => { const place = h("div"); x.definition().then(d => show(place, jsonView(JSON.stringify(find(JSON.parse(d), state.name) ?? null), texts.common.definition))).catch(error => show(place, empty(error.message))); return place; },
  };
  async function draw() {
    const mine = ++asked, state = x.data.states.find(s => s.name === x.chosen);
    if (!state) return box.replaceChildren(h("header", {}, h("h2", {}, x.chosen || texts.execution.noState)), empty(x.chosen ? texts.execution.notReached : texts.common.chooseState));
    const number_ = +x.query.get("visit") || state.visits.at(-1)?.event, visitRow = state.visits.find(v => v.event === number_) || state.visits.at(-1);
    const took = state.to ? lasted(state.to - state.from) : lasted(x.data.now - state.from);
    const body = h("div", { class: "loading" });
    const pickVisit = state.visits.length > 1 ? h("select", { class: "pick", "aria-label": texts.execution.whichVisit, onchange: event => { x.query.set("visit", event.target.value); x.setQuery({ visit: event.target.value }); draw(); } }, state.visits.map((v, i) => h("option", { value: String(v.event), selected: v === visitRow }, texts.execution.visit(i + 1, word(v.end), clock(v.from))))) : null;
    const head_ = h("header", {}, h("h2", {}, state.name), status(state.fate), h("span", { class: "grow" }, texts.execution.stateNote(state.type, state.entered, took)), pickVisit);
    const tries = visitRow?.attempts?.length || 0;
    box.replaceChildren(head_, tabs([["io", texts.execution.inputAndOutput], ["tries", tries ? texts.execution.countedTries(tries) : texts.execution.tries], ["variables", texts.execution.variables], ["definition", texts.common.definition]], tab, id => { tab = id; x.setQuery({ tab: id === "io" ? "" : id }); fill(); }, texts.common.state), body);
    let visit = null;
    const fill = () => { if (visit) show(body, views[tab](state, visit)); };
    try {
      visit = await get(`${x.at}/state`, { event: visitRow.event }, x.signal);
      if (mine !== asked) return;
      head_.append(button(texts.execution.copyOutput, () => copy(visit.output ?? visit.input), { glyph: "copy", kind: "quiet small" }));
      fill();
    } catch (error) {
      if (error.name !== "AbortError" && mine === asked) show(body, empty(texts.execution.dataFault, h("span", {}, error.message)));
    }
  }
  return { box, draw };
}

function find(definition, name) {
  for (const [key, state] of Object.entries(definition.States || {})) {
    if (key === name) return state;
    for (const scope of [...(state.Branches || []), state.ItemProcessor, state.Iterator].filter(Boolean)) {
      const found = find(scope, name);
      if (found) return found;
    }
  }
}

// ---- timeline -------------------------------------------------------------------------------------------------------------

const BARS = 300;

function timeline(x) {
  const box = h("div");
  let hideDone = false;
  function draw() {
    const { data } = x, e = data.execution, from = e.startedAt, to = Math.max(from + 1, e.stoppedAt ?? data.now), whole = to - from;
    const at = t => `${Math.min(100, Math.max(0, 100 * (t - from) / whole))}%`, wide = (a, b) => `${Math.max(0.1, 100 * (Math.min(b, to) - a) / whole)}%`;
    const bar = (cls, a, b, title) => h("i", { class: cls, style: { left: at(a), width: wide(a, b) }, title });
    const bars = s => s.visits.flatMap(v => {
      const end = v.to ?? to, list = v.attempts || [];
      if (list.length < 2) return [bar(v.waits ? "hollow" : list[0]?.error ? `hollow s-${kind(v.end)}` : "", v.from, end, `${word(v.end)}, ${lasted(end - v.from)}`)];
      return list.flatMap((a, i) => { const done = a.to ?? end, next = list[i + 1]; return [bar(a.error ? "hollow s-fail" : "", a.from, done, texts.execution.barTry(i + 1, a.error)), next ? bar("wait", done, next.from, texts.execution.barWaits(lasted(next.from - done))) : null]; });
    });
    const rows = data.states.filter(s => !hideDone || s.fate !== "succeeded").slice(0, BARS);
    const row = s => h("div", { class: `g s-${kind(s.fate)}`, "aria-current": x.chosen === s.name ? "true" : null, onclick: () => x.choose(s.name) },
      h("button", { type: "button" }, icon(kind(s.fate)), h("span", { class: "cut" }, s.name)), h("div", { class: "t" }, s.entered > s.visits.length ? bar("hollow", s.from, s.to ?? to, texts.execution.barVisits(s.entered)) : bars(s)), h("span", { class: "d" }, lasted((s.to ?? to) - s.from)));
    const retries = data.states.reduce((n, s) => n + (s.retries || 0), 0);
    const filter = h("button", { type: "button", class: "btn small quiet", "aria-pressed": String(hideDone), onclick: () => { hideDone = !hideDone; draw(); } }, hideDone ? texts.execution.showAllStates : texts.execution.hideSucceeded);
    show(box, panel(texts.execution.timeline, { note: [retries ? texts.execution.retries(retries) : "", data.states.length > BARS ? texts.execution.firstStates(BARS) : ""].filter(Boolean).join(", "), acts: filter,
      body: h("div", { class: "gantt" }, h("div", { class: "g ax" }, h("span", {}, texts.common.state), h("div", { class: "t" }, [25, 50, 75, 100].map(p => h("span", { style: { left: `${p}%` } }, lasted(whole * p / 100)))), h("span", { class: "d" }, texts.execution.axisTook)), rows.map(row)) }));
  }
  return { box, draw };
}

// ---- events ---------------------------------------------------------------------------------------------------------------

function events(x) {
  const e = x.data.execution;
  const table = virtualRows({
    columns: texts.execution.eventColumns, all: x.data.events, label: texts.execution.events, given: [x.data.first, x.data.last || []],
    load: async (from, count) => (await get(`${x.at}/events`, { from, count }, x.signal)).events,
    draw: row => ({
      look: /Failed|TimedOut|Aborted/.test(row.type) ? "bad" : row.id ? "" : "own",
      cells: [row.id ? String(row.id) : "", `+${decimal((row.at - e.startedAt) / 1000, 3)}`, row.type, row.state ? h("button", { type: "button", class: "linkish", onclick: () => x.choose(row.state) }, row.state) : "", row.text],
    }),
  });
  const count = h("span", { class: "grow" });
  const line = row => h("tr", { class: /Failed|TimedOut|Aborted/.test(row.type) ? "s-fail" : "" }, h("td", {}, row.id ? String(row.id) : ""), h("td", { class: "mono" }, `+${decimal((row.at - e.startedAt) / 1000, 3)}`), h("td", {}, row.type), h("td", {}, row.state ? h("button", { type: "button", class: "linkish", onclick: () => x.choose(row.state) }, row.state) : ""), h("td", { class: "cut" }, row.text));
  const found = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": texts.execution.eventsThatFit, hidden: true });
  const kinds = h("select", { class: "pick", "aria-label": texts.execution.whichEvents }, [["", texts.execution.allEvents], ["failures", texts.execution.failures], ["tasks", texts.execution.tasks], ["states", texts.execution.states]].map(([value, label]) => h("option", { value, selected: x.query.get("event") === value }, label)));
  const like = h("input", { type: "search", class: "in", "aria-label": texts.execution.findInEvents, placeholder: texts.execution.findInEvents, value: x.query.get("find") || "", style: { width: "160px", height: "28px" } });
  let asked = 0, wait = 0;
  /// Rows that fit are asked for a piece at a time; an older answer than the last question is dropped.
  async function filter() {
    const mine = ++asked, given = kinds.value || like.value.trim();
    x.setQuery({ event: kinds.value, find: like.value.trim() });
    table.box.hidden = Boolean(given);
    found.hidden = !given;
    if (!given) return;
    const body = h("tbody"), more = h("div", { class: "form" }), rows = h("table", {}, h("thead", {}, h("tr", {}, texts.execution.eventColumns.map(t => h("th", { scope: "col" }, t)))), body);
    found.classList.add("loading");
    const piece = async from => {
      let next = from, got = 0;
      while (next && !got) {
        const answer = await get(`${x.at}/events`, { from: next, count: 200, kind: kinds.value, like: like.value.trim() }, x.signal);
        if (mine !== asked) return;
        body.append(...answer.events.map(line));
        got = answer.events.length;
        next = answer.next;
      }
      more.replaceChildren(...(next ? [button(texts.common.more, () => piece(next), { kind: "small" })] : [body.children.length ? h("span", { class: "faint" }, texts.execution.countedEvents(body.children.length)) : empty(texts.execution.noEventFits, button(texts.execution.showAllEvents, () => { kinds.value = like.value = ""; filter(); }, { kind: "small" }))]));
      show(found, rows, more);
    };
    try { await piece(1); } catch (error) { if (error.name !== "AbortError" && mine === asked) show(found, empty(texts.execution.eventsFault, h("span", {}, error.message))); }
  }
  kinds.onchange = filter;
  like.oninput = () => { clearTimeout(wait); wait = setTimeout(filter, 150); };
  x.signal.addEventListener("abort", () => clearTimeout(wait));
  const jump = h("input", { type: "number", min: "1", class: "in", "aria-label": texts.execution.goToEvent, placeholder: texts.execution.goToHint, style: { width: "84px", height: "28px" }, onchange: event => table.jump(+event.target.value || 1) });
  const tell = () => { count.textContent = texts.execution.eventsKept(x.data.historyEvents, x.data.events); };
  tell();
  const box = h("section", { class: "panel clip" }, h("header", {}, h("h2", {}, texts.execution.events), count, kinds, like, jump), table.box, found);
  if (kinds.value || like.value) filter();
  return { box, grow() { tell(); table.grow(x.data.events); } };
}

// ---- the page -------------------------------------------------------------------------------------------------------------

export async function page({ args: [machine, name], query, main, signal, go, setQuery, reload }) {
  const at = `executions/${encodeURIComponent(machine)}/${encodeURIComponent(name)}`;
  const data = await get(at, {}, signal);
  if (signal.aborted) return;
  const x = { at, data, query, signal, setQuery, chosen: query.get("state") || "" };
  x.chosen ||= (ENDED_BADLY.has(data.execution.status) && culprit(data)?.name) || data.states.find(s => s.fate === "running")?.name || data.states.find(s => s.type === "Parallel" || s.type === "Map")?.name || data.states[0]?.name || "";
  let text = null;
  x.definition = () => text ||= aws("DescribeStateMachineForExecution", { executionArn: data.execution.arn }, signal).then(m => m.definition);
  remember(data.execution.arn);

  const top = h("div"), why = h("div"), pics = h("div"), graph = graphPanel(x), state = statePanel(x), times = timeline(x), list = events(x), kin = h("div");
  x.choose = chosen => {
    x.chosen = chosen;
    query.delete("visit");
    setQuery({ state: chosen, visit: "" });
    graph.redraw();
    times.draw();
    state.draw();
    if (matchMedia("(max-width: 1180px)").matches) state.box.scrollIntoView({ block: "start" });
  };
  const nextFailed = () => {
    const bad = x.data.states.filter(s => FAILED.has(s.fate));
    if (bad.length) x.choose(bad[(bad.findIndex(s => s.name === x.chosen) + 1) % bad.length].name);
  };
  function drawTop() {
    const e = { ...x.data.execution, failedState: x.data.failedState }, runs = e.status === "RUNNING", bad = ENDED_BADLY.has(e.status);
    const endsInFail = x.data.states.find(s => s.name === x.data.failedState)?.type === "Fail";
    const canRedrive = bad && !e.notRedrivable;
    const doRerun = () => rerun(go, e), doRedrive = () => redrive(e, refresh), doStop = () => stop(e, refresh);
    const acts = [runs ? button(texts.common.stop, doStop, { glyph: "stop" }) : button(texts.execution.rerunWith, doRerun, { glyph: "play", kind: bad && (!canRedrive || endsInFail) ? "main" : "" }),
      canRedrive && button(texts.common.redrive, doRedrive, { glyph: "redo", kind: endsInFail ? "" : "main" }), button(texts.execution.history, () => downloadHistory(e, signal), { glyph: "down" }),
      moreMenu([[texts.execution.copyAsCommand, () => copyCommand(e), "copy"], [texts.common.copyArn, () => copy(e.arn), "copy"], [texts.common.answerTask, () => answerToken(), "up"], ...(runs ? [[texts.common.rerunWithAnother, doRerun, "play"]] : [])])];
    show(top, head(x.data, x, acts));
    const told = note(x.data, x.choose);
    why.hidden = !told;
    if (told) show(why, told);
    const children = x.data.children || [];
    kin.hidden = !children.length;
    if (children.length) show(kin, panel(texts.execution.startedByIt, { note: texts.execution.children(children.length), body: h("ul", { class: "form" }, children.map(arn => h("li", {}, h("a", { href: pageOf(arn) || "#" }, nameOf(arn)), h("span", { class: "faint" }, ` ${arn.split(":")[6]}`)))) }));
    mark({ title: e.name, crumbs: [[texts.pages.executions, "/console/executions"], [e.machine, `/console/machines/${encodeURIComponent(e.machine)}`]],
      actions: [!runs && { label: texts.common.rerunWithAnother, press: "r", key: "R", run: doRerun }, canRedrive && { label: texts.execution.redriveFrom(x.data.failedState), press: "R", key: texts.execution.redriveKey, glyph: "redo", run: doRedrive }, runs && { label: texts.common.stop, glyph: "stop", run: doStop },
        { label: texts.common.copyArn, press: "c", key: "C", glyph: "copy", run: () => copy(e.arn, texts.common.arnCopied) }, { label: texts.execution.copyAsCommand, glyph: "copy", run: () => copyCommand(e) }, { label: texts.execution.nextFailed, press: "f", key: "F", glyph: "fail", run: nextFailed },
        { label: texts.execution.downloadHistory, glyph: "down", run: () => downloadHistory(e, signal) }, { label: texts.common.answerTask, glyph: "up", run: () => answerToken() }].filter(Boolean) });
  }
  drawTop();
  times.draw();
  show(main, h("div", { class: "stack" }, top, why, pics, h("div", { class: "work" }, graph.box, state.box), kin, times.box, list.box,
    h("div", { class: "io panel" }, h("div", {}, h("h3", {}, texts.execution.input), jsonView(data.execution.input.text, texts.execution.input)), h("div", {}, h("h3", {}, texts.execution.itsOutput), data.execution.output ? jsonView(data.execution.output.text, texts.execution.output) : empty(data.execution.status === "RUNNING" ? texts.common.itStillRuns : texts.execution.hasNoOutput)))));
  pics.hidden = true;
  graph.load();
  state.draw();
  const loadPictures = () => pictures(x, pics).catch(error => { if (error.name !== "AbortError") { pics.hidden = false; show(pics, panel(texts.execution.justPictures, { body: empty(texts.execution.picturesFault, h("span", {}, error.message)) })); } });
  loadPictures();

  // Live: one question after a burst of turns, and only while it runs.
  let timer = 0, busy = false;
  async function refresh() {
    if (busy || signal.aborted) return;
    busy = true;
    try {
      const before = x.data.execution.status, before_ = x.data.states.length;
      Object.assign(x.data, await get(at, {}, signal));
      if (x.data.execution.status !== before && x.data.execution.status !== "RUNNING") return reload();
      drawTop();
      times.draw();
      list.grow();
      if (x.data.states.length !== before_) graph.load(); else graph.redraw();
      state.draw();
      if (x.data.execution.status !== before) loadPictures();
    } catch { /* the next turn asks again */ } finally { busy = false; }
  }
  const soon = () => { timer ||= setTimeout(() => { timer = 0; refresh(); }, 60); };
  follow([data.execution.arn], signal, { rows: soon, reset: soon });
  const ticks = setInterval(() => { const took = top.querySelector(".took"); if (took && x.data.execution.status === "RUNNING" && !document.hidden) took.textContent = lasted(Date.now() - x.data.execution.startedAt); }, 1000);
  signal.addEventListener("abort", () => { clearTimeout(timer); clearInterval(ticks); });
}
export { objectAddress, path };
