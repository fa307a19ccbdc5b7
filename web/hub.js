// One stream of server-sent events for all pages of a browser: what they want to hear is asked for together. It runs in the
// shared worker, or in the page itself where there is none.

const STREAM = "/console/api/stream";
const POLL_MS = 5000, RETRY_MS = 2000;

export class Hub {
  constructor() {
    this.pages = new Map();  // page -> { topics, tell }
    this.source = null;
    this.wanted = "";
    this.last = "";
    this.state = { live: false };
  }

  join(page, tell) {
    this.pages.set(page, { topics: [], tell });
    tell({ state: this.state });
  }
  leave(page) {
    this.pages.delete(page);
    this.open();
  }
  want(page, topics) {
    const known = this.pages.get(page);
    if (known) known.topics = topics;
    this.open();
  }

  tellAll(message) { for (const { tell } of this.pages.values()) tell(message); }
  become(state) {
    this.state = state;
    this.tellAll({ state });
  }

  /// Opens, changes or closes the stream, as the pages' topics demand.
  open() {
    const topics = [...new Set([...this.pages.values()].flatMap(page => page.topics))].sort().join(",");
    if (topics === this.wanted && (this.source || !topics)) return;
    this.wanted = topics;
    this.source?.close();
    this.source = null;
    clearTimeout(this.timer);
    clearInterval(this.poll);
    if (!topics) return;
    const after = this.last ? `&after=${encodeURIComponent(this.last)}` : "";
    const source = this.source = new EventSource(`${STREAM}?topics=${encodeURIComponent(topics)}${after}`);
    const hear = (event, then) => source.addEventListener(event, message => {
      if (source !== this.source) return;
      this.last = message.lastEventId;
      if (!this.state.live) this.become({ live: true });
      then(message);
    });
    hear("hello", () => {});
    hear("turns", message => this.tellAll({ rows: JSON.parse(message.data) }));
    hear("reset", () => this.tellAll({ reset: true }));
    source.onerror = () => source === this.source && this.lost(source);
  }

  lost(source) {
    source.close();
    this.source = null;
    if (this.state.live || !this.state.since) this.become({ live: false, since: Date.now() });
    this.timer = setTimeout(() => { this.wanted = ""; this.open(); }, RETRY_MS);
    clearInterval(this.poll);
    this.poll = setInterval(() => this.tellAll({ reset: true }), POLL_MS);
  }
}
