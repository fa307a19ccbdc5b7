// What the pages ask the daemon: their own data, the AWS API for everything that changes something, and objects.

export class Refused extends Error {
  constructor(status, message, id, code) {
    super(message);
    Object.assign(this, { status, id, code });
  }
}

async function answer(response) {
  const text = await response.text();
  let body = {};
  try { body = JSON.parse(text); } catch { body = { error: text.slice(0, 200) }; }
  if (response.ok) return body;
  const code = (body.__type || "").split("#").pop();
  throw new Refused(response.status, body.message || body.cause || body.error || `The daemon answered ${response.status}.`, response.headers.get("x-amzn-RequestId"), code);
}

async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "The daemon does not answer. It may be restarting.", null);
  }
}

const query = params => {
  const kept = Object.entries(params || {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return kept.length ? "?" + new URLSearchParams(kept) : "";
};
/// Each segment by itself: keys have slashes.
export const path = (...segments) => segments.map(s => String(s).split("/").map(encodeURIComponent).join("/")).join("/");

export const get = async (where, params, signal) => answer(await reach(`/console/api/${where}${query(params)}`, { signal }));
export const post = async (where, params, body, signal) =>
  answer(await reach(`/console/api/${where}${query(params)}`, { method: "POST", body, signal, headers: { "X-Stepd-Console": "1", "Content-Type": "text/plain" } }));

export const aws = async (operation, request = {}, signal) =>
  answer(await reach("/", { method: "POST", body: JSON.stringify(request), signal, headers: { "X-Amz-Target": `AWSStepFunctions.${operation}`, "Content-Type": "application/x-amz-json-1.0" } }));

export const objectAddress = (bucket, key) => `/buckets/${path(bucket, key)}`;
export const list = async (bucket, params, signal) => answer(await reach(`/buckets/${encodeURIComponent(bucket)}${query(params)}`, { signal }));
export const upload = async (bucket, key, body, type) => answer(await reach(objectAddress(bucket, key), { method: "PUT", body, headers: type ? { "Content-Type": type } : {} }));
export async function remove(bucket, key) {
  const response = await reach(objectAddress(bucket, key), { method: "DELETE" });
  if (!response.ok) await answer(response);
}
export const thumbnail = (bucket, key, etag, w, signal) => reach(`/console/api/thumbnails/${path(bucket, key)}${query({ etag, w })}`, { signal });
