// What the pages ask the daemon: their own data, the AWS API for everything that changes something, and objects.

import { texts } from "./texts.js";

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
  throw new Refused(response.status, body.message || body.cause || body.error || texts.api.answered(response.status), response.headers.get("x-amzn-RequestId"), code);
}

async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, texts.api.noAnswer, null);
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

export const aws = async (operation, request = {}, signal, service = "AWSStepFunctions") =>
  answer(await reach("/", { method: "POST", body: JSON.stringify(request), signal, headers: { "X-Amz-Target": `${service}.${operation}`, "Content-Type": "application/x-amz-json-1.0" } }));

/// The end of a log group: the newest lines of its newest streams, oldest first. Null: there is no such group yet.
export async function logTail(logGroupName, signal) {
  const logs = (operation, request) => aws(operation, request, signal, "Logs_20140328");
  const { logGroups } = await logs("DescribeLogGroups", { logGroupNamePrefix: logGroupName });
  if (!logGroups.some(group => group.logGroupName === logGroupName)) return null;
  const { logStreams } = await logs("DescribeLogStreams", { logGroupName, orderBy: "LastEventTime", descending: true, limit: 4 });
  const pages = await Promise.all(logStreams.map(({ logStreamName }) => logs("GetLogEvents", { logGroupName, logStreamName, limit: 200 })));
  return pages.flatMap(page => page.events).sort((a, b) => a.timestamp - b.timestamp);
}

/// Calls a function as Lambda's Invoke does: { error, payload, log }.
export async function invoke(name, payload, signal) {
  const response = await reach(`/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, { method: "POST", body: payload, signal, headers: { "Content-Type": "application/json", "X-Amz-Log-Type": "Tail" } });
  if (!response.ok) return answer(response);
  const log = response.headers.get("X-Amz-Log-Result");
  const text = log ? new TextDecoder().decode(Uint8Array.from(atob(log), c => c.charCodeAt(0))) : "";
  return { error: response.headers.get("X-Amz-Function-Error"), payload: await response.text(), log: text };
}

/// A message to a topic, by SNS's Publish.
export async function publish(topicArn, message, subject) {
  const body = new URLSearchParams({ Action: "Publish", Version: "2010-03-31", TopicArn: topicArn, Message: message, ...(subject ? { Subject: subject } : {}) });
  const response = await reach("/", { method: "POST", body, headers: { "Content-Type": "application/x-www-form-urlencoded", Authorization: "AWS4-HMAC-SHA256 Credential=console/20000101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=none" } });
  if (!response.ok) throw new Refused(response.status, /<Message>([^<]*)/.exec(await response.text())?.[1] || texts.api.messageRefused, null);
}

export const objectAddress = (bucket, key) => `/buckets/${path(bucket, key)}`;
export const list = async (bucket, params, signal) => answer(await reach(`/buckets/${encodeURIComponent(bucket)}${query(params)}`, { signal }));
export const upload = async (bucket, key, body, type) => answer(await reach(objectAddress(bucket, key), { method: "PUT", body, headers: type ? { "Content-Type": type } : {} }));
export async function remove(bucket, key) {
  const response = await reach(objectAddress(bucket, key), { method: "DELETE" });
  if (!response.ok) await answer(response);
}
export const thumbnail = (bucket, key, etag, w, signal) => reach(`/console/api/thumbnails/${path(bucket, key)}${query({ etag, w })}`, { signal });
