// Draws a plan that the daemon has laid out. Colours come by class; a box is a button that chooses its state.
import { h, icon, svg } from "./dom.js";
import { kind, word } from "./format.js";
import { texts } from "./texts.js";

const cut = (text, n) => text.length > n ? text.slice(0, n - 1) + "…" : text;
const MARGIN = 20;

/// A path with rounded corners.
function rounded(points, r = 7) {
  let d = `M${points[0]}`;
  for (let i = 1; i < points.length; i++) {
    const [x, y] = points[i], next = points[i + 1], [px, py] = points[i - 1];
    if (!next) return d + `L${x},${y}`;
    const a = Math.min(r, Math.hypot(x - px, y - py) / 2, Math.hypot(next[0] - x, next[1] - y) / 2);
    const u = [Math.sign(x - px), Math.sign(y - py)], v = [Math.sign(next[0] - x), Math.sign(next[1] - y)];
    d += `L${x - u[0] * a},${y - u[1] * a}Q${x},${y} ${x + v[0] * a},${y + v[1] * a}`;
  }
  return d;
}

const what = state => state.type === "Missing" ? texts.graph.noSuchState : state.lonely ? texts.graph.nothingLeadsHere : state.type + (state.resource ? ` ${state.resource}` : "");

/// fates: name -> { fate, took, tries, counts } of a run, or null without one. ways: [[from, to]...].
export function drawPlan(plan, { fates = null, ways = [], chosen = "", errors = false, choose = () => {} } = {}) {
  const went = new Set(ways.map(([from, to]) => `${from}\n${to}`));
  const W = plan.w + 2 * MARGIN, H = plan.h + 2 * MARGIN;
  const root = svg("svg", { class: "graph", width: W, height: H, viewBox: `${-MARGIN} ${-MARGIN} ${W} ${H}`, role: "group", "aria-label": texts.graph.label });

  const edge = (e, missing) => {
    const taken = went.has(`${e.from}\n${e.to}`);
    if (e.kind === "catch" && !taken && !errors) return [];
    const look = missing.has(e.to) ? "lost" : taken ? "taken" : fates ? "never" : "";
    const [x, y] = e.points.at(-1), [px, py] = e.points.at(-2);
    const turn = Math.abs(x - px) > Math.abs(y - py) ? (x < px ? 90 : -90) : (y < py ? 180 : 0);
    const drawn = [svg("path", { class: `edge ${e.kind} ${look}`, d: rounded(e.points) }), svg("path", { class: `arrow ${look}`, d: "M-3.5,-6 L0,0 L3.5,-6z", transform: `translate(${x} ${y}) rotate(${turn})` })];
    if (e.stub) drawn.push(svg("text", { class: "lab", x: x + 6, y: y + 4 }, cut(`${e.label || "next"}: ${e.to}`, 24)));
    else if (e.label && (e.kind === "choice" || taken)) {
      const [[ax, ay], [bx, by]] = e.points, side = ay === by;
      drawn.push(svg("text", { class: "lab", x: side ? ax + (bx > ax ? 6 : -6) : ax + 8, y: side ? ay - 5 : ay + 16, "text-anchor": side && bx < ax ? "end" : "start" }, cut(e.label, 22)));
    }
    return drawn;
  };

  const box = state => {
    const run = fates?.get(state.name), framed = !!state.inner;
    const look = state.type === "Missing" ? "lost" : state.lonely ? "alone" : run ? `s-${kind(run.fate)}` : fates ? "never" : "";
    const name = [state.name, what(state), run?.took, run?.tries > 1 && texts.graph.tries(run.tries), run ? word(run.fate) : fates && texts.graph.notReached, run?.counts].filter(Boolean).join(", ");
    const pick = () => choose(state.name);
    const g = svg("g", { class: `${framed ? "frame" : "box"} ${look}`, transform: `translate(${state.x} ${state.y})`, "aria-current": chosen === state.name ? "true" : null },
      svg("rect", { width: state.w, height: state.h, rx: 5, tabindex: 0, role: "button", "aria-label": name, "data-state": state.name, onclick: pick,
        onkeydown: event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(); } } }),
      svg("rect", { class: "pickring", x: -3, y: -3, width: state.w + 6, height: state.h + 6, rx: 7, fill: "none", "pointer-events": "none" }));
    if (run) {
      const glyph = icon(kind(run.fate));
      for (const [k, v] of Object.entries({ x: framed ? state.w - 24 : 8, y: framed ? 7 : 12, width: 16, height: 16 })) glyph.setAttribute(k, v);
      g.append(glyph);
    }
    const x = run && !framed ? 30 : 12;
    g.append(svg("text", { class: "nm", "aria-hidden": "true", x, y: framed ? 19 : 17 }, cut(state.name, framed ? Math.max(12, Math.floor((state.w - 60) / 7)) : run?.tries > 1 ? 14 : 20)));
    if (framed && run?.counts) g.append(svg("text", { class: "type", "aria-hidden": "true", x: state.w - 32, y: 19, "text-anchor": "end" }, run.counts));
    if (!framed) {
      g.append(svg("text", { class: "type", "aria-hidden": "true", x, y: 32 }, cut(what(state), run?.took ? 18 : 28)));
      if (run?.took) g.append(svg("text", { class: "type", "aria-hidden": "true", x: state.w - 10, y: 32, "text-anchor": "end" }, run.counts || run.took));
      if (run?.tries > 1) g.append(svg("text", { class: "badge", "aria-hidden": "true", x: state.w - 10, y: 17, "text-anchor": "end" }, texts.graph.tries(run.tries)));
    }
    for (const inner of state.inner || []) g.append(part(inner, inner.x, inner.y));
    return g;
  };

  const part = (p, x, y) => {
    const missing = new Set(p.states.filter(state => state.type === "Missing").map(state => state.name));
    return svg("g", { transform: `translate(${x} ${y})` }, p.edges.flatMap(e => edge(e, missing)), p.states.map(box));
  };

  if (plan.start) root.append(svg("circle", { cx: plan.start[0], cy: 4, r: 4, fill: "currentColor" }), svg("path", { class: `edge ${fates ? "taken" : ""}`, d: `M${plan.start[0]},8V${plan.start[1]}` }));
  root.append(part(plan, 0, 0));
  return root;
}

/// The drawing in a box that scrolls, with buttons to zoom; keys + - 0 too.
export function canvas(draw) {
  const holder = h("div", { class: "canvas", tabindex: "0", role: "region", "aria-label": texts.common.graph });
  let scale = 1, drawing = null;
  const apply = () => {
    if (!drawing?.hasAttribute("viewBox")) return;
    const [, , w, hgt] = drawing.getAttribute("viewBox").split(" ").map(Number);
    drawing.setAttribute("width", w * scale);
    drawing.setAttribute("height", hgt * scale);
  };
  const zoom = by => { scale = by ? Math.min(2, Math.max(0.2, scale * by)) : 1; apply(); };
  const fit = () => { if (!drawing?.hasAttribute("viewBox")) return; const w = drawing.viewBox.baseVal.width; scale = Math.min(1, Math.max(0.2, (holder.clientWidth - 8) / w)); apply(); };
  holder.addEventListener("keydown", event => { const by = { "+": 1.2, "-": 1 / 1.2, 0: null }[event.key]; if (by !== undefined) zoom(by); });
  return {
    holder, zoom, fit,
    redraw(...args) {
      const [left, top] = [holder.scrollLeft, holder.scrollTop], first = !drawing;
      drawing = draw(...args);
      holder.replaceChildren(drawing);
      apply();
      if (first && drawing.hasAttribute("viewBox") && holder.clientWidth > 480 && drawing.viewBox.baseVal.width > holder.clientWidth) { scale = Math.max(0.7, (holder.clientWidth - 8) / drawing.viewBox.baseVal.width); apply(); }
      if (first) holder.scrollLeft = (holder.scrollWidth - holder.clientWidth) / 2;
      else { holder.scrollLeft = left; holder.scrollTop = top; }
    },
  };
}
