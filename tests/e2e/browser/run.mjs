// Runs one scenario of the console in Chromium: `node run.mjs MODULES SCENARIO ADDRESS [JSON]`. It prints what it found as JSON, or
// ends with 1 and says what was not as it should be. Every page is watched for messages, refused policies and dialogs.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import * as scenarios from "./scenarios.mjs";

const [, , modules, name, address, given = "{}"] = process.argv;
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core"), "utf8");
const options = JSON.parse(given);
if (options.screenshots) mkdirSync(options.screenshots, { recursive: true });

const browser = await chromium.launch({ executablePath: options.chromium, args: ["--no-sandbox", "--disable-gpu"] });
const faults = [];

// A picture that cannot be shown is refused with 422 and its named error, which Chromium notes as well.
const USUAL = /status of 422/;

/// A page of its own browser context, watched.
async function open({ theme = "light", width = 1440, height = 900 } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, acceptDownloads: true, permissions: [] });
  await context.addInitScript(() => {
    window.__escaped = [];
    document.addEventListener("securitypolicyviolation", event => window.__escaped.push(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    window.alert = text => window.__escaped.push(`alert: ${text}`);
  });
  const page = await context.newPage();
  page.setDefaultTimeout(options.timeout || 60_000);
  page.on("console", message => ["error", "warning"].includes(message.type()) && !USUAL.test(message.text()) && !page.expected?.(message.text()) && faults.push(`console: ${message.text()}`));
  page.on("pageerror", error => faults.push(`error: ${error.message}`));
  page.axe = async label => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    for (const v of violations) faults.push(`axe, ${label}: ${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(" ")).join("; ")} (${v.help})`);
  };
  page.settled = async () => {
    // Not by a function: the page's policy forbids the eval that would run it again and again.
    await page.locator("#main[data-page]:not(.loading)").waitFor();
  };
  page.to = async path => {
    await page.goto(address + path);
    await page.settled();
  };
  page.escaped = async () => { for (const one of await page.evaluate(() => window.__escaped)) faults.push(one); };
  page.narrow = async label => {
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    if (wide > room) faults.push(`${label}: ${wide} px wide in ${room} px`);
  };
  page.shot = async file => options.screenshots && page.screenshot({ path: `${options.screenshots}/${file}.png`, fullPage: true });
  return page;
}

/// The AWS API, past the page.
async function aws(operation, request) {
  const response = await fetch(address + "/", { method: "POST", headers: { "X-Amz-Target": `AWSStepFunctions.${operation}`, "Content-Type": "application/x-amz-json-1.0" }, body: JSON.stringify(request) });
  const body = await response.json();
  if (!response.ok) throw new Error(`${operation}: ${JSON.stringify(body)}`);
  return body;
}

export function check(condition, what) {
  if (!condition) faults.push(what);
}

let found = {};
try {
  found = await scenarios[name]({ open, aws, check, address, options, fault: text => faults.push(text) }) || {};
} catch (error) {
  faults.push(`${error.message}`.split("\n").slice(0, 12).join("\n"));
}
await browser.close();
console.log(JSON.stringify({ found, faults }));
process.exit(faults.length ? 1 : 0);
