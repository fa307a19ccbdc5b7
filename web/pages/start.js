// Start: what runs, what failed lately, the rates of the last hour, the inboxes, and the way in for somebody new.
import { h, svg, icon, button, copy, empty, panel, show, toast } from "../dom.js";
import { get, objectAddress, upload } from "../api.js";
import { ago, bytes, decimal, lasted, number, pageOf, readable, status, kind } from "../format.js";
import { follow } from "../live.js";
import { looksLikePicture, picture } from "../picture.js";
import { known, mark, refreshFrame } from "../frame.js";
import { rerun, startDialog } from "../actions.js";
import { texts } from "../texts.js";

const SAMPLES = [["fjord.jpg", texts.start.sampleUsual], ["upside-down.jpg", texts.start.sampleUpsideDown], ["lake.jpg", texts.start.sampleUpright], ["cut-off.jpg", texts.start.sampleBroken]];
const filesHere = new URL("../samples/", import.meta.url).pathname;

export async function putFiles(bucket, files) {
  let done = 0;
  for (const file of files) {
    try {
      await upload(bucket, file.name, file, file.type);
      done++;
    } catch (error) {
      toast(`${file.name}: ${error.message}`);
    }
  }
  if (done) toast(texts.start.filesPut(done, bucket));
  return done;
}

export function dropZone(bucket, big, then = () => {}) {
  const files = h("input", { type: "file", multiple: true, class: "vh", tabindex: "-1", "aria-label": texts.start.filesFor(bucket), onchange: async () => { await putFiles(bucket, files.files); files.value = ""; then(); } });
  const zone = h("div", { class: `drop ${big ? "big" : ""}` }, icon(big ? "photo" : "up"), h("b", {}, texts.start.dropHere),
    h("span", {}, big ? texts.start.dropManyOr : texts.start.dropOr, h("button", { type: "button", class: "linkish", onclick: () => files.click() }, texts.start.chooseFiles)), files);
  zone.ondragover = event => { event.preventDefault(); zone.classList.add("drag-over"); };
  zone.ondragleave = () => zone.classList.remove("drag-over");
  zone.ondrop = async event => { event.preventDefault(); zone.classList.remove("drag-over"); await putFiles(bucket, event.dataTransfer.files); then(); };
  return zone;
}

function spark(values, cls = "", label = "") {
  const most = Math.max(1, ...values), step = 240 / values.length;
  return svg("svg", { class: "spark", viewBox: "0 0 240 32", preserveAspectRatio: "none", role: "img", "aria-label": label },
    values.map((v, i) => svg("rect", { class: v ? cls : "", x: i * step, width: Math.max(1, step - 1), y: v ? 32 - Math.max(2, 30 * v / most) : 31, height: v ? Math.max(2, 30 * v / most) : 1 })));
}

const fact = (glyph, label, value, note, plot) => h("div", {}, h("dt", {}, icon(glyph), label), h("dd", { class: "v" }, value, h("small", {}, note)), plot && h("dd", {}, plot));

function facts(data) {
  const { started, failed, halfWithin, mostWithin } = data.rates;
  const sum = list => list.reduce((a, b) => a + b, 0), inHour = sum(started), bad = sum(failed);
  const waiting = data.inboxes.reduce((n, inbox) => n + inbox.objects.length, 0);
  return h("dl", { class: "panel facts" },
    fact("run", texts.start.running, number(data.running), texts.start.now),
    fact("play", texts.start.startedPerMinute, number(started.at(-2) ?? 0), texts.start.inTheHour(inHour), spark(started, "", texts.start.startedPlot)),
    fact("fail", texts.start.failedLastHour, number(bad), inHour ? texts.units.percent(decimal(100 * bad / Math.max(1, sum(data.rates.succeeded) + bad), 1)) : "", spark(failed, "f", texts.start.failedPlot)),
    fact("clock", texts.start.halfWithin, halfWithin === undefined ? "–" : lasted(halfWithin), mostWithin === undefined ? texts.start.noneEnded : texts.start.mostWithin(lasted(mostWithin))),
    fact("bucket", texts.start.inboxes, number(waiting), texts.start.filesInThem(waiting)));
}

const thumb = execution => {
  const place = h("span", { class: "ph t48 none" }, icon(kind(execution.status) === "run" ? "photo" : "photo"));
  get(`executions/${encodeURIComponent(execution.machine)}/${encodeURIComponent(execution.name)}/objects`).then(({ objects }) => {
    const object = objects.findLast(o => o.written && looksLikePicture(o) && o.etag) || objects.find(o => looksLikePicture(o) && o.etag);
    if (object) place.replaceWith(picture(object, { w: 160, kind: "t48" }));
  }).catch(() => {});
  return place;
};

const failedRow = (e, now, go) => h("div", { class: "item" }, thumb(e),
  h("div", {}, h("div", { class: "cut" }, h("a", { class: "name", href: pageOf(e.arn) }, h("b", {}, e.name)), " ", h("span", { class: "muted" }, e.machine)),
    h("div", { class: "cut l2" }, e.error ? h("span", { class: `st s-${kind(e.status)}` }, icon(kind(e.status)), e.error) : status(e.status), ` ${readable(e.cause)}`)),
  h("div", { class: "row" }, h("span", { class: "faint" }, ago(now - e.startedAt)), button(texts.start.rerun, () => rerun(go, e), { kind: "small" })));

const runningRow = (e, now) => h("div", { class: "item" }, thumb(e),
  h("div", {}, h("div", { class: "between" }, h("a", { class: "name cut", href: pageOf(e.arn) }, h("b", {}, e.name)), h("span", { class: "faint cut" }, e.machine)), status(e.status)),
  h("span", { class: "muted" }, lasted(now - e.startedAt)));

function newest(data) {
  const sheet = h("div", { class: "sheet", style: { padding: "var(--s4)" } });
  const box = panel(texts.start.latestPictures, { note: texts.start.writtenByExecutions, body: sheet });
  box.hidden = true;
  for (const e of data.succeededLately) {
    get(`executions/${encodeURIComponent(e.machine)}/${encodeURIComponent(e.name)}/objects`).then(({ objects }) => {
      const after = objects.findLast(o => o.written && looksLikePicture(o) && o.etag);
      if (!after) return;
      box.hidden = false;
      const size = h("div", {}, bytes(after.size));
      const pic = picture(after, { alt: "" });
      pic.addEventListener("measured", event => { size.textContent = texts.units.pixelsAndSize(event.detail.width, event.detail.height, bytes(after.size)); });
      sheet.append(h("figure", {}, h("a", { href: pageOf(e.arn), "aria-label": texts.start.executionOf(after.key) }, pic), h("figcaption", {}, h("b", { class: "cut" }, after.key), size)));
    }).catch(() => {});
  }
  return box;
}

const COMMAND = (title, text) => h("li", {}, h("div", {}, title), h("div", { class: "cmd" }, h("pre", {}, h("code", {}, text)), button(texts.start.copyOf(title), () => copy(text), { glyph: "copy", kind: "quiet icon small" })));

function commands(inbox) {
  const machine = inbox?.starts[0] || known.machines[0] || "image-pipeline";
  return h("section", {}, h("h2", {}, texts.start.fromTerminal), h("ol", { class: "steps", style: { paddingTop: "12px", gap: "16px" } },
    inbox && COMMAND(texts.start.commandPut, `curl -T photo.jpg ${location.origin}/buckets/${inbox.bucket}/photo.jpg`),
    COMMAND(texts.start.commandStart, `aws stepfunctions start-execution --endpoint-url ${location.origin} \\\n  --state-machine-arn arn:aws:states:${known.region}:${known.account}:stateMachine:${machine} --input '{}'`),
    COMMAND(texts.start.commandList, `aws stepfunctions list-executions --endpoint-url ${location.origin} \\\n  --state-machine-arn arn:aws:states:${known.region}:${known.account}:stateMachine:${machine}`)));
}

function story(inbox) {
  const steps = texts.start.story(inbox.bucket, inbox.starts.join(", "));
  return panel(texts.start.whatWillHappen, { acts: inbox.starts[0] && h("a", { class: "btn quiet small", href: `/console/machines/${encodeURIComponent(inbox.starts[0])}` }, texts.start.openMachine(inbox.starts[0])),
    body: h("ol", { class: "story" }, steps.map(([title, text, code]) => h("li", {}, h("div", {}, h("b", {}, title), h("p", {}, text), h("code", {}, code))))) });
}

async function useSample(name, bucket) {
  const response = await fetch(filesHere + name);
  await upload(bucket, name, await response.blob(), "image/jpeg");
  toast(texts.start.samplePut(name, bucket));
}

function newcomer(data, go, again) {
  const inbox = data.inboxes[0];
  if (!inbox) {
    return h("div", { class: "stack" }, h("h1", {}, texts.start.nothingYet), h("p", { class: "muted" }, texts.start.noInbox),
      h("div", { class: "row" }, button(texts.common.startExecution, () => startDialog(go), { glyph: "play", kind: "main" }), h("a", { class: "btn", href: "/console/editor" }, texts.start.writeMachine)), commands());
  }
  const samples = h("div", {}, h("h2", {}, texts.start.takeSample), h("div", { class: "sheet four" }, SAMPLES.map(([name, what]) =>
    h("figure", {}, h("button", { type: "button", class: "linkish ph", style: { width: "100%" }, "aria-label": texts.start.useSample(name), onclick: () => useSample(name, inbox.bucket).catch(error => toast(error.message)) }, h("img", { src: filesHere + name, alt: "" })), h("figcaption", {}, h("b", {}, name), what)))));
  return h("div", { class: "cols even" },
    h("div", { class: "stack", style: { gap: "24px" } }, h("div", {}, h("h1", {}, texts.start.dropPhotograph), h("p", { class: "muted", style: { maxWidth: "62ch", paddingTop: "4px" } }, texts.start.nothingLeaves)),
      dropZone(inbox.bucket, true, again), samples, commands(inbox)),
    story(inbox));
}

function busy(data, go, again) {
  const bad = data.rates.failed.reduce((a, b) => a + b, 0);
  const inboxes = data.inboxes.map(inbox => panel(texts.start.inbox(inbox.bucket), { note: inbox.starts.length ? texts.start.inboxStarts(inbox.starts.join(", ")) : "", body: h("div", { class: "form" }, dropZone(inbox.bucket, false, again),
    inbox.objects.slice(0, 5).map(o => h("div", { class: "between" }, h("span", { class: "cut" }, o.key), h("span", { class: "faint" }, bytes(o.size)))), inbox.more && h("span", { class: "faint" }, texts.start.andMore)) }));
  return h("div", { class: "stack" },
    h("div", { class: "head" }, h("h1", {}, texts.start.title(data.running, bad)),
      h("div", { class: "row acts" }, h("a", { class: "btn", href: "/console/executions" }, texts.start.allExecutions), button(texts.common.startExecution, () => startDialog(go), { glyph: "play", kind: "main" }))),
    facts(data),
    h("div", { class: "cols" },
      h("div", { class: "stack" },
        panel(texts.start.failedLately, { acts: h("a", { class: "btn quiet small", href: "/console/executions?status=FAILED" }, texts.start.allFailed), body: data.failedLately.length ? data.failedLately.map(e => failedRow(e, data.now, go)) : empty(texts.start.nothingFailed) }),
        panel(texts.start.runningNow, { note: texts.start.newestFirst, acts: h("a", { class: "btn quiet small", href: "/console/executions?status=RUNNING" }, texts.start.allRunning), body: data.runningNow.length ? data.runningNow.map(e => runningRow(e, data.now)) : empty(texts.start.nothingRuns) })),
      h("div", { class: "stack" }, inboxes, panel(texts.start.threeThings, { body: h("ol", { class: "steps form" }, h("li", {}, h("a", { href: "/console/machines" }, texts.start.changeWorkflow)), h("li", {}, h("a", { href: "/console/editor" }, texts.start.writeWorkflow)), h("li", {}, h("a", { href: "/console/health" }, texts.start.seeHealth))) }))),
    newest(data));
}

export async function page({ main, signal, go }) {
  mark({ title: texts.pages.start, actions: [{ label: texts.common.startExecution, key: "", run: () => startDialog(go) }] });
  let timer = 0;
  async function load() {
    const data = await get("start", {}, signal);
    if (signal.aborted) return;
    show(main, data.executions ? busy(data, go, soon) : newcomer(data, go, soon));
  }
  const soon = () => { timer ||= setTimeout(() => { timer = 0; load().catch(() => {}); refreshFrame(); }, 400); };
  await load();
  follow(["all"], signal, { rows: soon, reset: soon });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
export { objectAddress };
