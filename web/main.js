// The router: one document, a module for each page. Links within the console are followed without loading the document anew.
import { $, h, show } from "./dom.js";
import { setUpFrame, mark } from "./frame.js";
import { onZone } from "./format.js";
import { texts } from "./texts.js";

const PAGES = [
  [/^\/console\/$/, "start"],
  [/^\/console\/executions$/, "executions"],
  [/^\/console\/executions\/([^/]+)\/([^/]+)$/, "execution"],
  [/^\/console\/machines$/, "machines"],
  [/^\/console\/machines\/([^/]+)$/, "machine"],
  [/^\/console\/editor(?:\/([^/]+))?$/, "editor"],
  [/^\/console\/buckets(?:\/([^/]+))?$/, "buckets"],
  [/^\/console\/tables(?:\/([^/]+))?$/, "tables"],
  [/^\/console\/topics(?:\/([^/]+))?$/, "topics"],
  [/^\/console\/activities$/, "activities"],
  [/^\/console\/functions(?:\/([^/]+))?$/, "functions"],
  [/^\/console\/rules$/, "rules"],
  [/^\/console\/health$/, "health"],
  [/^\/console\/arn\/(.+)$/, "arn"],
];

let leave = new AbortController();

/// What a page gets: its parameters, the query, and a signal that ends with it.
async function render(focus) {
  leave.abort();
  leave = new AbortController();
  const signal = leave.signal;
  const main = $("#main");
  const found = PAGES.map(([pattern, name]) => [location.pathname.match(pattern), name]).find(([match]) => match);
  main.classList.add("loading");
  delete main.dataset.page;
  if (!found) {
    mark({ title: texts.frame.notFound, crumbs: [] });
    return show(main, h("h1", {}, texts.frame.noSuchPage), h("p", {}, h("a", { href: "/console/" }, texts.frame.goToStart)));
  }
  const [match, name] = found;
  const args = match.slice(1).map(part => part && decodeURIComponent(part));
  try {
    const { page } = await import(`./pages/${name}.js`);
    if (signal.aborted) return;
    await page({ args, query: new URLSearchParams(location.search), signal, main, go, setQuery, reload: () => render(false) });
    if (!signal.aborted) main.dataset.page = name;
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    mark({ title: texts.frame.error, crumbs: [] });
    show(main, h("h1", {}, error.status === 404 ? texts.frame.notHere : texts.frame.cannotBeShown),
      h("p", { class: "muted" }, error.message), error.id && h("p", { class: "faint" }, texts.common.request(error.id)),
      h("p", {}, h("button", { type: "button", class: "btn", onclick: () => render(false) }, texts.frame.tryAgain)));
    main.dataset.page = "error";
  } finally {
    if (!signal.aborted) main.classList.remove("loading");
  }
  if (focus) main.focus({ preventScroll: true });
}

export function go(address, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address);
  scrollTo(0, 0);
  return render(true);
}

/// Changes the query of this page's address: what is chosen survives a reload and can be sent. The page is not drawn anew.
export function setQuery(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text ? "?" + text : ""));
}

document.addEventListener("click", event => {
  const anchor = event.target.closest?.("a[href]");
  if (!anchor || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || anchor.target || anchor.hasAttribute("download")) return;
  const address = new URL(anchor.href);
  if (address.origin !== location.origin || !address.pathname.startsWith("/console/") || address.pathname.startsWith("/console/files/") || address.hash) return;
  event.preventDefault();
  go(address.pathname + address.search);
});
addEventListener("popstate", () => render(true));
onZone(() => render(false));

setUpFrame(go);
render(false);
