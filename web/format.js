// How times, lengths, sizes and statuses are written. One zone for every page, remembered.
import { h, icon } from "./dom.js";
import { texts } from "./texts.js";

let utc = localStorage.getItem("zone") === "utc";
const listeners = new Set();

export function switchZone() {
  utc = !utc;
  localStorage.setItem("zone", utc ? "utc" : "local");
  for (const listener of listeners) listener();
}
export const onZone = listener => listeners.add(listener);

export function zoneName() {
  if (utc) return texts.units.utc;
  const minutes = -new Date().getTimezoneOffset(), hours = Math.trunc(minutes / 60), rest = Math.abs(minutes % 60);
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone?.split("/").pop().replaceAll("_", " ") || "";
  return `${texts.units.utc}${minutes < 0 ? "−" : "+"}${Math.abs(hours)}${rest ? ":" + String(rest).padStart(2, "0") : ""}${name && name !== texts.units.utc ? " " + name : ""}`;
}

const two = n => String(n).padStart(2, "0");
const parts = at => {
  const d = new Date(at);
  return utc ? [d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate(), d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds(), d.getUTCMilliseconds()]
    : [d.getFullYear(), d.getMonth(), d.getDate(), d.getHours(), d.getMinutes(), d.getSeconds(), d.getMilliseconds()];
};

export function clock(at, millis = true) {
  const [, , , hour, minute, second, ms] = parts(at);
  return `${two(hour)}:${two(minute)}:${two(second)}${millis ? "." + String(ms).padStart(3, "0") : ""}`;
}

/// The clock today, else with the date.
export function moment(at, millis = true) {
  const [year, month, day] = parts(at), [nowYear, nowMonth, nowDay] = parts(Date.now());
  if (year === nowYear && month === nowMonth && day === nowDay) return clock(at, millis);
  return texts.units.date(day, month, year === nowYear ? "" : year, clock(at, millis));
}

export const time = (at, millis = true) => h("time", { datetime: new Date(at).toISOString(), title: `${new Date(at).toISOString()}` }, moment(at, millis));

export function lasted(ms) {
  if (ms < 1000) return texts.units.milliseconds(Math.max(0, Math.round(ms)));
  if (ms < 10_000) return texts.units.seconds(decimal(ms / 1000, 2));
  if (ms < 60_000) return texts.units.seconds(decimal(ms / 1000, 1));
  const s = Math.round(ms / 1000);
  if (s < 3600) return texts.units.minutesAndSeconds(Math.floor(s / 60), s % 60);
  if (s < 172_800) return texts.units.hoursAndMinutes(Math.floor(s / 3600), Math.floor(s % 3600 / 60));
  return texts.units.daysAndHours(Math.floor(s / 86_400), Math.floor(s % 86_400 / 3600));
}

export function ago(ms) {
  if (ms < 60_000) return texts.units.seconds(Math.max(0, Math.round(ms / 1000)));
  if (ms < 3_600_000) return texts.units.minutes(Math.round(ms / 60_000));
  if (ms < 172_800_000) return texts.units.hours(Math.round(ms / 3_600_000));
  return texts.units.days(Math.round(ms / 86_400_000));
}

export function bytes(n) {
  const [byte, ...units] = texts.units.sizes;
  if (n < 1000) return texts.units.size(n, byte);
  for (const unit of units) {
    n /= 1000;
    if (n < 999.5 || unit === units.at(-1)) return texts.units.size(n < 10 ? decimal(n, 1) : Math.round(n), unit);
  }
}

/// A cause that is Lambda's error object, as its message.
export function readable(cause) {
  if (!cause?.startsWith("{")) return cause || "";
  try { return JSON.parse(cause).errorMessage || cause; } catch { return /"errorMessage":"((?:[^"\\]|\\.)*)/.exec(cause)?.[1] || cause; }
}

export const { number, decimal } = texts.units;

/// Statuses of executions and fates of states: class and icon.
const KIND = {
  RUNNING: "run", SUCCEEDED: "ok", FAILED: "fail", TIMED_OUT: "late", ABORTED: "stop",
  running: "run", succeeded: "ok", failed: "fail", caught: "fail", timedOut: "late", aborted: "stop",
  none: "none",
};
export const kind = status => KIND[status] || "none";
export const word = status => texts.status[status] || status;
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
