// Topics: the last messages, who is told of them, what waits and what could not be delivered.
import { h, button, empty, icon, panel, show, toast } from "../dom.js";
import { get, publish } from "../api.js";
import { confirmThat } from "../dialog.js";
import { bytes, number, plural, time } from "../format.js";
import { mark } from "../frame.js";
import { jsonView } from "../json-view.js";

/// The text and the subject of the message that a dead letter holds.
function said(line) {
  const { message } = JSON.parse(line);
  return { message: message.text, subject: message.subject };
}

const again = (topic, line) => confirmThat("Publish it again", `Every subscriber of ${topic.name} is told. The dead letter stays in its file.`, "Publish", async () => {
  const { message, subject } = said(line);
  await publish(topic.arn, message, subject);
  toast("The message is published again.");
});

const messages = (lines, none, label, topic) => lines.length ? h("div", {}, lines.map((line, i) => h("details", { class: "form", open: i === 0 }, h("summary", { class: "cut" }, h("code", {}, line.slice(0, 140)), h("span", { class: "faint" }, ` ${bytes(line.length)}`)), jsonView(line, `${label} ${i + 1}`), topic && h("div", { class: "form" }, button("Publish it again", () => again(topic, line), { glyph: "redo", kind: "small" }))))) : empty(none);

export async function page({ args: [name], main, signal, go }) {
  const { topics } = await get("inventory", {}, signal);
  if (!topics.length) {
    mark({ title: "Topics" });
    return show(main, h("h1", {}, "Topics"), h("div", { class: "panel" }, empty("There is no topic", h("span", {}, "Topics are declared in the configuration:"), h("pre", {}, "topics:\n  notices:\n    subscribers: {}"))));
  }
  if (!name) return go(`/console/topics/${encodeURIComponent(topics[0].name)}`, { replace: true });
  mark({ title: name, crumbs: [["Topics", "/console/topics"]] });
  const here = topics.find(t => t.name === name), data = await get(`topics/${encodeURIComponent(name)}`, {}, signal);
  show(main, h("div", { class: "bk", style: { gridTemplateColumns: "216px minmax(0, 1fr)" } }, h("nav", { class: "panel clip", "aria-label": "Topics" }, h("header", {}, h("h2", {}, "Topics")), topics.map(t => h("a", { href: `/console/topics/${encodeURIComponent(t.name)}`, "aria-current": t.name === name ? "page" : null }, icon("topic"), h("span", { class: "cut" }, t.name), h("span"), h("small", {}, plural(t.subscribers.length, "subscriber"))))),
    h("div", { class: "stack" }, h("h1", {}, name),
      panel("Subscribers", { body: here.subscribers.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Subscribers" }, h("table", {}, h("thead", {}, h("tr", {}, ["Name", "Kind", "Where", "Waiting", "Next try", "Dead letters"].map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, here.subscribers.map(s => h("tr", {}, h("td", {}, s.name), h("td", {}, s.kind), h("td", {}, s.target), h("td", {}, number(s.waiting)), h("td", {}, s.nextAt ? [time(s.nextAt), ` after ${plural(s.attempts, "try", "tries")}`] : ""), h("td", {}, number(data.deadLetters[s.name]?.length || 0))))))) : empty("Nobody is told; the messages are kept in the topic's file.") }),
      panel("Last messages", { note: plural(data.messages.length, "message"), body: messages(data.messages, "Nothing has been published yet", "Message") }),
      Object.entries(data.deadLetters).filter(([, lines]) => lines.length).map(([subscriber, lines]) => panel(`Dead letters of ${subscriber}`, { body: messages(lines, "", "Dead letter", here) })))));
}
