// Elements from data. Text is always text: nothing here makes markup of a string, and the page's policy forbids it too.

import { texts } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";

/// h("a", { class: "x", href: "/", onclick: f, style: { left: "4px" } }, "text", node, [more])
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter(child => child !== undefined && child !== null && child !== false));
  return element;
}

export const $ = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

export const icon = (name, more = "") => svg("svg", { class: `i ${more}`, "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }));

export const button = (label, onclick, { glyph, kind = "", hint } = {}) =>
  h("button", { type: "button", class: `btn ${kind}`, onclick, "aria-label": glyph && kind.includes("icon") ? label : undefined, title: hint },
    glyph && icon(glyph), kind.includes("icon") ? null : label);

export const link = (href, label, props = {}) => h("a", { href, ...props }, label);

export const panel = (title, { note, acts, body, clip = true, label } = {}) =>
  h("section", { class: `panel ${clip ? "clip" : ""}`, "aria-label": label },
    h("header", {}, h("h2", {}, title), h("span", { class: "grow" }, note), acts), body);

export const empty = (title, ...more) => h("div", { class: "empty" }, h("b", {}, title), ...more);

/// Replaces what `into` holds; keeps the old content dimmed until then.
export function show(into, ...content) {
  into.classList.remove("loading");
  into.replaceChildren(...content.flat(2).filter(Boolean));
}

export function toast(text) {
  document.querySelector(".toast")?.remove();
  const shown = h("div", { class: "toast" }, text);
  document.body.append(shown);
  say(text);
  setTimeout(() => shown.remove(), 5000);
}

export const say = text => { $("#said").textContent = text; };

/// Works without a secure context, where there is no clipboard.
export async function copy(text, what = texts.common.copied) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { class: "vh", "aria-hidden": "true" });
    area.value = text;
    (document.querySelector("dialog[open]") || document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(what);
}

export function download(name, text, type = "application/json") {
  const address = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
