// A page's side of the stream. A page that is hidden for a minute lets go, and asks for everything again when it is seen.
import { Hub } from "./hub.js";

const HIDDEN_MS = 60_000;
const followers = new Set();
const watchers = new Set();
let last = { live: false };
let paused = false;

function hear(message) {
  if (message.state) {
    last = message.state;
    for (const watcher of watchers) watcher(last);
  }
  for (const follower of followers) {
    if (message.reset) follower.reset();
    if (message.rows) {
      const rows = message.rows.filter(row => follower.topics.includes(row.arn) || (row.turns && follower.topics.includes("all")));
      if (rows.length) follower.rows(rows);
    }
  }
}

function connect() {
  const address = new URL("./stream-worker.js", import.meta.url).pathname;
  if (window.SharedWorker) {
    try {
      // Chromium wants the address of a worker from a policy of trusted types.
      const trusted = window.trustedTypes ? trustedTypes.createPolicy("stepd-worker", { createScriptURL: text => text }).createScriptURL(address) : address;
      const worker = new SharedWorker(trusted, { type: "module", name: "stepd" });
      worker.port.onmessage = ({ data }) => hear(data);
      addEventListener("pagehide", () => worker.port.postMessage({ gone: true }));
      return topics => worker.port.postMessage({ topics });
    } catch { /* then the page has a stream of its own */ }
  }
  const hub = new Hub();
  hub.join("page", hear);
  return topics => hub.want("page", topics);
}

let send = null;
function ask() {
  send ||= connect();
  send(paused ? [] : [...new Set([...followers].flatMap(follower => follower.topics))]);
}

let timer = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (document.hidden) timer = setTimeout(() => { paused = true; ask(); }, HIDDEN_MS);
  else if (paused) {
    paused = false;
    ask();
    for (const follower of followers) follower.reset();
  }
});
addEventListener("pageshow", event => event.persisted && ask());

/// Until the signal: rows(list) for turns of `topics` ("all" or ARNs), reset() when everything is to be asked for again.
export function follow(topics, signal, { rows = () => {}, reset = () => {} }) {
  const follower = { topics, rows, reset };
  followers.add(follower);
  ask();
  signal.addEventListener("abort", () => {
    followers.delete(follower);
    queueMicrotask(ask);
  });
}

export function watchState(watcher) {
  watchers.add(watcher);
  watcher(last);
}
