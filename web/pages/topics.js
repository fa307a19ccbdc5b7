// Topics: the last messages, who is told of them, what waits and what could not be delivered.
import { h, button, empty, icon, panel, show, toast } from "../dom.js";
import { get, publish } from "../api.js";
import { confirmThat } from "../dialog.js";
import { bytes, number, time } from "../format.js";
import { mark } from "../frame.js";
import { jsonView } from "../json-view.js";
import { texts } from "../texts.js";

/// The text and the subject of the message that a dead letter holds.
function said(line) {
  const { message } = JSON.parse(line);
  return { message: message.text, subject: message.subject };
}

const again = (topic, line) => confirmThat(texts.topics.again, texts.topics.againNote(topic.name), texts.topics.publish, async () => {
  const { message, subject } = said(line);
  await publish(topic.arn, message, subject);
  toast(texts.topics.published);
});

const messages = (lines, none, label, topic) => lines.length ? h("div", {}, lines.map((line, i) => h("details", { class: "form", open: i === 0 }, h("summary", { class: "cut" }, h("code", {}, line.slice(0, 140)), h("span", { class: "faint" }, ` ${bytes(line.length)}`)), jsonView(line, label(i + 1)), topic && h("div", { class: "form" }, button(texts.topics.again, () => again(topic, line), { glyph: "redo", kind: "small" }))))) : empty(none);

export async function page({ args: [name], main, signal, go }) {
  const { topics } = await get("inventory", {}, signal);
  if (!topics.length) {
    mark({ title: texts.pages.topics });
    return show(main, h("h1", {}, texts.pages.topics), h("div", { class: "panel" }, empty(texts.topics.none, h("span", {}, texts.topics.declared), h("pre", {}, "topics:\n  notices:\n    subscribers: {}"))));
  }
  if (!name) return go(`/console/topics/${encodeURIComponent(topics[0].name)}`, { replace: true });
  mark({ title: name, crumbs: [[texts.pages.topics, "/console/topics"]] });
  const here = topics.find(t => t.name === name), data = await get(`topics/${encodeURIComponent(name)}`, {}, signal);
  show(main, h("div", { class: "bk", style: { gridTemplateColumns: "216px minmax(0, 1fr)" } }, h("nav", { class: "panel clip", "aria-label": texts.pages.topics }, h("header", {}, h("h2", {}, texts.pages.topics)), topics.map(t => h("a", { href: `/console/topics/${encodeURIComponent(t.name)}`, "aria-current": t.name === name ? "page" : null }, icon("topic"), h("span", { class: "cut" }, t.name), h("span"), h("small", {}, texts.topics.countedSubscribers(t.subscribers.length))))),
    h("div", { class: "stack" }, h("h1", {}, name),
      panel(texts.topics.subscribers, { body: here.subscribers.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": texts.topics.subscribers }, h("table", {}, h("thead", {}, h("tr", {}, texts.topics.columns.map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, here.subscribers.map(s => h("tr", {}, h("td", {}, s.name), h("td", {}, s.kind), h("td", {}, s.target), h("td", {}, number(s.waiting)), h("td", {}, s.nextAt ? [time(s.nextAt), texts.topics.afterTries(s.attempts)] : ""), h("td", {}, number(data.deadLetters[s.name]?.length || 0))))))) : empty(texts.topics.nobody) }),
      panel(texts.topics.lastMessages, { note: texts.topics.countedMessages(data.messages.length), body: messages(data.messages, texts.topics.nothingPublished, texts.topics.message) }),
      Object.entries(data.deadLetters).filter(([, lines]) => lines.length).map(([subscriber, lines]) => panel(texts.topics.deadLettersOf(subscriber), { body: messages(lines, "", texts.topics.deadLetter, here) })))));
}
