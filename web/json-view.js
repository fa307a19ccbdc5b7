// JSON as coloured lines, and two of them side by side with what changed between them, by path.
import { h } from "./dom.js";
import { texts } from "./texts.js";

const LINES = 2000;

/// Every line of the pretty text: { path, depth, parts: [[class, text]...], opens }
function lines(value, { path = "", depth = 0, key, comma = false, into = [] } = {}) {
  if (into.length > LINES) return into;
  const lead = key === undefined ? [] : [["k", JSON.stringify(key)], ["p", ": "]];
  const tail = comma ? [["p", ","]] : [];
  const many = value !== null && typeof value === "object" ? Object.entries(value) : null;
  if (!many || !many.length) {
    const text = many ? (Array.isArray(value) ? "[]" : "{}") : JSON.stringify(value);
    into.push({ path, depth, parts: [...lead, [many ? "p" : typeof value === "string" ? "s" : "n", text], ...tail], leaf: text });
    return into;
  }
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  into.push({ path, depth, parts: [...lead, ["p", open]] });
  many.forEach(([name, member], i) => lines(member, { path: `${path}/${name}`, depth: depth + 1, key: Array.isArray(value) ? undefined : name, comma: i < many.length - 1, into }));
  into.push({ path, depth, parts: [["p", close], ...tail], closes: true });
  return into;
}

const parse = text => { try { return { value: JSON.parse(text) }; } catch { return null; } };

function row(line, number, mark = "") {
  return h("div", { class: `ln ${mark}` }, h("i", {}, String(number)), h("em", {}, { add: "+", del: "−" }[mark] || ""),
    h("span", {}, "  ".repeat(line.depth), line.parts.map(([kind, text]) => h("span", { class: kind }, text.length > 2000 ? text.slice(0, 2000) + "…" : text))));
}

function draw(list, marks, label) {
  const box = h("div", { class: "json", tabindex: "0", role: "region", "aria-label": label }, list.slice(0, LINES).map((line, i) => row(line, i + 1, marks?.(line))));
  if (list.length > LINES) box.append(h("p", { class: "faint" }, texts.json.moreLines));
  return box;
}

export function jsonView(text, label = texts.json.label) {
  const parsed = parse(text);
  if (!parsed) return h("pre", { class: "json", tabindex: "0", role: "region", "aria-label": label }, text.slice(0, 65536));
  return draw(lines(parsed.value), null, label);
}

/// Input and output: what the output has more is marked there, what it lacks is marked in the input.
export function jsonDiff(before, after, labels = [texts.common.input, texts.common.output]) {
  const a = parse(before), b = parse(after);
  if (!a || !b) return { before: jsonView(before, labels[0]), after: jsonView(after, labels[1]), added: 0, removed: 0 };
  const left = lines(a.value), right = lines(b.value);
  const at = list => new Map(list.filter(line => !line.closes).map(line => [line.path, line.leaf ?? "…"]));
  const were = at(left), are = at(right);
  const differs = (line, other) => !other.has(line.path) || (line.leaf !== undefined && other.get(line.path) !== line.leaf && !line.closes);
  return {
    before: draw(left, line => differs(line, are) ? "del" : "", labels[0]), after: draw(right, line => differs(line, were) ? "add" : "", labels[1]),
    added: right.filter(line => differs(line, were)).length, removed: left.filter(line => differs(line, are)).length,
  };
}
