// A table of any length of which only the rows in view are in the page. Rows are asked for by number, in pieces.
import { h } from "./dom.js";

const ROW = 28, PIECE = 200, AROUND = 12;

/// columns: titles; load(from, count) -> rows; draw(row) -> { cells, look }. `all` rows, numbered from 1.
export function virtualRows({ columns, all, load, draw, label, given = [] }) {
  const pieces = new Map(), asked = new Set();
  const keep = rows => rows.forEach(row => pieces.set(row.number, row));
  given.forEach(keep);
  const pad = h("div", { class: "pad", role: "rowgroup" });
  const head = h("div", { class: "r hd", role: "row", "aria-rowindex": 1 }, columns.map(title => h("span", { role: "columnheader" }, title)));
  const box = h("div", { class: "rows", role: "table", tabindex: "0", "aria-label": label }, h("div", { role: "rowgroup" }, head), pad);
  let frame = 0;

  const line = number => {
    const row = pieces.get(number);
    const { cells, look = "" } = row ? draw(row) : { cells: [String(number), "", "…", "", ""] };
    return h("div", { class: `r ${look}`, role: "row", "aria-rowindex": number + 1, style: { top: `${(number - 1) * ROW}px` } }, cells.map(cell => h("span", { role: "cell" }, cell)));
  };
  async function ask(from) {
    if (asked.has(from)) return;
    asked.add(from);
    try {
      keep(await load(from, PIECE));
      render();
    } catch {
      asked.delete(from);
    }
  }
  function render() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      box.setAttribute("aria-rowcount", all + 1);
      pad.style.height = `${all * ROW}px`;
      box.style.height = `${Math.min(616, (all + 1) * ROW + 2)}px`;
      const first = Math.max(1, Math.floor(box.scrollTop / ROW) + 1 - AROUND), last = Math.min(all, first + Math.ceil(616 / ROW) + 2 * AROUND);
      for (let n = first; n <= last; n++) if (!pieces.has(n)) ask(Math.floor((n - 1) / PIECE) * PIECE + 1);
      pad.replaceChildren(...Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => line(first + i)));
    });
  }
  box.addEventListener("scroll", render, { passive: true });
  render();
  return {
    box,
    grow(count) {
      if (count === all) return;
      const last = Math.floor((all - 1) / PIECE) * PIECE + 1;
      all = count;
      asked.delete(last);
      ask(last);
      render();
    },
    jump(number) { box.scrollTop = (number - 3) * ROW; render(); },
  };
}
