// How times, lengths, sizes and statuses are written. One zone for every page, remembered.
import { h, icon } from "./dom.js";

let utc = localStorage.getItem("zone") === "utc";
const listeners = new Set();

export function switchZone() {
  utc = !utc;
  localStorage.setItem("zone", utc ? "utc" : "local");
  for (const listener of listeners) listener();
}
export const onZone = listener => listeners.add(listener);

export function zoneName() {
  if (utc) return "UTC";
  const minutes = -new Date().getTimezoneOffset(), hours = Math.trunc(minutes / 60), rest = Math.abs(minutes % 60);
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone?.split("/").pop().replaceAll("_", " ") || "";
  return `UTC${minutes < 0 ? "−" : "+"}${Math.abs(hours)}${rest ? ":" + String(rest).padStart(2, "0") : ""}${name && name !== "UTC" ? " " + name : ""}`;
}

const two = n => String(n).padStart(2, "0");
const parts = at => {
  const d = new Date(at);
  return utc ? [d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate(), d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds(), d.getUTCMilliseconds()]
    : [d.getFullYear(), d.getMonth(), d.getDate(), d.getHours(), d.getMinutes(), d.getSeconds(), d.getMilliseconds()];
};
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

export function clock(at, millis = true) {
  const [, , , hour, minute, second, ms] = parts(at);
  return `${two(hour)}:${two(minute)}:${two(second)}${millis ? "." + String(ms).padStart(3, "0") : ""}`;
}

/// The clock today, else with the date.
export function moment(at, millis = true) {
  const [year, month, day] = parts(at), [nowYear, nowMonth, nowDay] = parts(Date.now());
  if (year === nowYear && month === nowMonth && day === nowDay) return clock(at, millis);
  return `${day} ${MONTHS[month]}${year === nowYear ? "" : " " + year} ${clock(at, millis)}`;
}

export const time = (at, millis = true) => h("time", { datetime: new Date(at).toISOString(), title: `${new Date(at).toISOString()}` }, moment(at, millis));

export function lasted(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 172_800) return `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor(s % 86_400 / 3600)} h`;
}

export function ago(ms) {
  if (ms < 60_000) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}

export function bytes(n) {
  if (n < 1000) return `${n} B`;
  for (const unit of ["KB", "MB", "GB", "TB"]) {
    n /= 1000;
    if (n < 999.5 || unit === "TB") return `${n < 10 ? n.toFixed(1) : Math.round(n)} ${unit}`;
  }
}

/// A cause that is Lambda's error object, as its message.
export function readable(cause) {
  if (!cause?.startsWith("{")) return cause || "";
  try { return JSON.parse(cause).errorMessage || cause; } catch { return /"errorMessage":"((?:[^"\\]|\\.)*)/.exec(cause)?.[1] || cause; }
}

export const number = n => n.toLocaleString("en-US");
export const plural = (n, one, many = one + "s") => `${number(n)} ${n === 1 ? one : many}`;

/// Statuses of executions and fates of states: class and icon, word.
const STATUS = {
  RUNNING: ["run", "Running"], SUCCEEDED: ["ok", "Succeeded"], FAILED: ["fail", "Failed"], TIMED_OUT: ["late", "Timed out"], ABORTED: ["stop", "Aborted"],
  running: ["run", "Running"], succeeded: ["ok", "Succeeded"], failed: ["fail", "Failed"], caught: ["fail", "Failed, caught"], timedOut: ["late", "Timed out"], aborted: ["stop", "Aborted"],
  none: ["none", "Not reached"],
};
export const kind = status => (STATUS[status] || ["none"])[0];
export const word = status => (STATUS[status] || ["", status])[1];
export const status = (of, how = "st") => h("span", { class: `${how} s-${kind(of)}` }, icon(kind(of), of === "RUNNING" || of === "running" ? "turn" : ""), word(of));

export const nameOf = arn => arn.split(":").pop();
/// The page of anything that has an ARN.
export function pageOf(arn) {
  const part = arn.split(":");
  const e = encodeURIComponent;
  if (part[5] === "execution") return `/console/executions/${e(part[6])}/${e(part.slice(7).join(":"))}`;
  if (part[5] === "stateMachine") return `/console/machines/${e(part[6])}`;
  if (part[5] === "activity") return `/console/activities`;
  if (part[2] === "lambda") return `/console/functions/${e(part[6] || "")}`;
  if (part[2] === "sns") return `/console/topics/${e(part[5])}`;
  return null;
}
