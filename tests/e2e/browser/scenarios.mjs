// What people do with the console, as functions. Each gets { open, aws, check, address, options, fault }.

const ARN = name => `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`;
const ROLE = "arn:aws:iam::123456789012:role/stepd";
const executionPage = arn => { const part = arn.split(":"); return `/console/executions/${encodeURIComponent(part[6])}/${encodeURIComponent(part[7])}`; };
export const PAGES = { start: "/console/", executions: "/console/executions", machines: "/console/machines", machine: "/console/machines/image-pipeline", editor: "/console/editor", buckets: "/console/buckets/resized", tables: "/console/tables/images",
  topics: "/console/topics/notices", activities: "/console/activities", functions: "/console/functions", rules: "/console/rules", health: "/console/health" };

async function ended(aws, executionArn) {
  for (let i = 0; i < 600; i++) {
    const e = await aws("DescribeExecution", { executionArn });
    if (e.status !== "RUNNING") return e;
    await new Promise(done => setTimeout(done, 50));
  }
  throw new Error(`${executionArn} does not end`);
}

async function latest(aws, machine, count = 1) {
  for (let i = 0; i < 600; i++) {
    const { executions } = await aws("ListExecutions", { stateMachineArn: ARN(machine) });
    if (executions.length >= count) return executions;
    await new Promise(done => setTimeout(done, 50));
  }
  throw new Error(`${machine} has not ${count} executions`);
}

/// From an empty folder to a resized picture and a failure that is understood, in the browser alone.
export async function newcomer({ open, aws, check, address }) {
  const page = await open();
  await page.goto(address + "/");
  await page.settled();
  check(page.url().endsWith("/console/"), `a browser at / is led to the console, not ${page.url()}`);
  check(await page.locator("h1").innerText() === "Drop a photograph, and watch what happens to it", "the empty state leads to the first picture");
  await page.axe("empty start");
  await page.shot("start-empty-light");
  await page.getByRole("button", { name: "Use the picture upside-down.jpg" }).click();
  const [first] = await latest(aws, "image-pipeline");
  check((await ended(aws, first.executionArn)).status === "SUCCEEDED", "the sample is resized");
  await page.getByRole("link", { name: first.name }).first().waitFor().catch(() => {});
  await page.to(executionPage(first.executionArn));
  await page.getByRole("heading", { name: "Pictures and other objects" }).waitFor();
  await page.locator(".pics img, .many img").first().waitFor();
  check(await page.locator(".pics figure").count() >= 2, "pictures before and after are shown");
  check(await page.locator(".graph rect[role=button]").count() >= 5, "the graph shows what ran");
  check(await page.locator(".gantt .g").count() >= 5, "the timeline has a row for each state");
  check(await page.locator(".rows .r[role=row]").count() >= 10, "the events are listed");
  await page.axe("execution");
  await page.to("/console/");
  const box = page.locator("input[type=file]");
  await box.setInputFiles({ name: "broken.jpg", mimeType: "image/jpeg", buffer: Buffer.from(await (await page.request.get(await page.evaluate(() => document.querySelector("link[rel=icon]").href.replace("favicon.svg", "samples/cut-off.jpg")))).body()) });
  const list = await latest(aws, "image-pipeline", 2);
  const broken = list.find(e => e.name !== first.name);
  check((await ended(aws, broken.executionArn)).status === "FAILED", "the broken picture fails");
  await page.to(executionPage(broken.executionArn));
  const note = await page.locator(".note").innerText();
  check(/Image\.Corrupt/.test(note), `the error is told by name: ${note}`);
  await page.axe("failed execution");
  await page.escaped();
}

/// Every page in both themes, wide and as on a phone.
export async function pages({ open, aws, options }) {
  for (const name of ["fjord.jpg", "lake.jpg", "cut-off.jpg"]) {
    const page = await open();
    await page.to("/console/");
    await page.evaluate(async file => {
      const here = document.querySelector("link[rel=icon]").href.replace("favicon.svg", "samples/" + file);
      await fetch(`/buckets/uploads/${file}`, { method: "PUT", body: await (await fetch(here)).blob() });
    }, name);
    await page.context().close();
  }
  const list = await latest(aws, "image-pipeline", 3);
  for (const e of list) await ended(aws, e.executionArn);
  const good = (await latest(aws, "image-pipeline")).find(e => e.status === "SUCCEEDED"), bad = (await latest(aws, "image-pipeline")).find(e => e.status === "FAILED");
  const all = { ...PAGES, execution: executionPage(good.executionArn), "execution-failed": executionPage(bad.executionArn) };
  for (const [theme, width] of options.looks || [["light", 1440], ["dark", 1440], ["light", 390], ["dark", 390]]) {
    const page = await open({ theme, width, height: width < 500 ? 844 : 900 });
    for (const [name, path] of Object.entries(all)) {
      await page.to(path);
      await page.waitForLoadState("networkidle", { timeout: 4000 }).catch(() => {});
      await page.axe(`${name} ${theme} ${width}`);
      await page.narrow(`${name} ${theme} ${width}`);
      await page.escaped();
      if (width === 1440) await page.shot(`${name}-${theme}`);
      else if (name === "execution") await page.shot(`phone-${theme}`);
    }
    await page.context().close();
  }
}

/// Start, stop, redrive, rerun, copy, history, a task's answer: by the AWS API it is what the page says.
export async function buttons({ open, aws, check }) {
  await aws("CreateStateMachine", { name: "hand", roleArn: ROLE, definition: JSON.stringify({ StartAt: "Ask", States: { Ask: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken", Parameters: { FunctionName: "headObject", Payload: { "token.$": "$$.Task.Token", bucket: "uploads", "key.$": "$.key" } }, End: true } } }) });
  await aws("CreateStateMachine", { name: "waits", roleArn: ROLE, definition: JSON.stringify({ StartAt: "Wait", States: { Wait: { Type: "Wait", SecondsPath: "$.seconds", Next: "Then" }, Then: { Type: "Pass", End: true } } }) });
  const page = await open();
  await page.to("/console/executions");
  await page.getByRole("button", { name: "Start an execution" }).click();
  await page.locator("dialog select").first().selectOption("waits");
  await page.locator("dialog input[name=name]").fill("by-hand");
  await page.locator("dialog textarea").fill("{\"seconds\": }");
  await page.locator("dialog").getByRole("button", { name: "Start" }).click();
  await page.getByRole("alert").filter({ hasText: "not JSON" }).waitFor();
  await page.locator("dialog textarea").fill("{\"seconds\": 3600}");
  await page.locator("dialog").getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/executions\/waits\/by-hand/);
  await page.settled();
  const arn = "arn:aws:states:us-east-1:123456789012:execution:waits:by-hand";
  check((await aws("DescribeExecution", { executionArn: arn })).status === "RUNNING", "it was started");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator("dialog input[name=cause]").fill("wrong folder");
  await page.locator("dialog").getByRole("button", { name: "Stop" }).click();
  await page.locator(".tag", { hasText: "Aborted" }).waitFor();
  check((await aws("DescribeExecution", { executionArn: arn })).cause === "wrong folder", "it was stopped with a cause");
  await page.getByRole("button", { name: "Redrive" }).click();
  await page.locator("dialog").getByRole("button", { name: "Redrive" }).click();
  await page.locator(".tag", { hasText: "Running" }).waitFor();
  check((await aws("DescribeExecution", { executionArn: arn })).redriveCount === 1, "it was redriven");
  await aws("StopExecution", { executionArn: arn });
  await page.locator(".tag", { hasText: "Aborted" }).waitFor();
  await page.getByRole("button", { name: "Rerun with..." }).click();
  check(/3600/.test(await page.locator("dialog textarea").inputValue()), "a rerun begins with the input");
  await page.locator("dialog textarea").fill("{\"seconds\": 0}");
  await page.locator("dialog").getByRole("button", { name: "Start" }).click();
  await page.locator(".tag", { hasText: "Succeeded" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "History" }).click()]);
  check(/history\.json$/.test(download.suggestedFilename()), "the history is downloaded");
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("button", { name: "Copy as a command" }).click();
  await page.locator(".toast", { hasText: "copied" }).waitFor();
  // Keys and the palette.
  await page.keyboard.press("Control+k");
  await page.locator("dialog.pal input").fill("health");
  await page.keyboard.press("Enter");
  await page.waitForURL(/health/);
  await page.settled();
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await page.waitForURL(/executions/);
  await page.settled();
  // Filters stand in the address.
  await page.getByRole("button", { name: /^Aborted/ }).click();
  await page.waitForURL(/status=ABORTED/);
  await page.reload();
  await page.settled();
  check(await page.locator("tbody tr").count() === 1, "the filter survives a reload");
  await page.getByLabel("Name or ARN").fill("nobody");
  await page.getByText("Nothing matches").waitFor();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await page.locator("tbody tr").first().waitFor();
  // An activity and the answer by hand.
  await page.to("/console/activities");
  await page.getByRole("button", { name: "Create an activity" }).click();
  await page.locator("dialog input").fill("look");
  await page.locator("dialog").getByRole("button", { name: "Create" }).click();
  await page.getByRole("cell", { name: "look", exact: true }).waitFor();
  await aws("CreateStateMachine", { name: "looks", roleArn: ROLE, definition: JSON.stringify({ StartAt: "Look", States: { Look: { Type: "Task", Resource: "arn:aws:states:us-east-1:123456789012:activity:look", End: true } } }) });
  const looking = await aws("StartExecution", { stateMachineArn: ARN("looks") });
  await page.getByRole("button", { name: "Take a task" }).click();
  await page.locator("dialog textarea").fill("{\"seen\": true}");
  await page.locator("dialog").getByRole("button", { name: "Send" }).click();
  check((await ended(aws, looking.executionArn)).output === "{\"seen\": true}", "the task was answered by hand");
  await page.escaped();
}

/// A draft is validated as one types, tried, created and changed.
export async function editor({ open, aws, check }) {
  const page = await open();
  await page.to("/console/editor");
  const area = page.getByLabel("Definition");
  await area.fill("StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: B\n");
  await page.getByRole("status").filter({ hasText: /error/ }).waitFor();
  check(await page.locator(".graph .lost").count() > 0, "the missing state is drawn");
  check(await page.getByRole("button", { name: "Create" }).isDisabled(), "a draft with errors cannot be created");
  await page.getByRole("button", { name: /Go to line 5/ }).first().click();
  await area.fill("{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Pass\", \"Result\": {\"x\": 1}, \"ResultPath\": \"$.r\", \"End\": true}}}");
  await page.getByRole("status").filter({ hasText: "No fault" }).waitFor();
  await page.getByLabel("Input, JSON").fill("{\"a\": 2}");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("region", { name: "Output of the state" }).waitFor();
  check(/"x"/.test(await page.getByRole("region", { name: "Output of the state" }).innerText()), "the state was tried");
  await page.getByLabel("Expression", { exact: true }).fill("$states.input.a * 21");
  await page.getByLabel("Input of the expression, JSON").fill("{\"a\": 2}");
  await page.getByRole("button", { name: "Evaluate" }).click();
  const value = page.getByRole("region", { name: "Value of the expression" });
  await value.waitFor();
  check(/42/.test(await value.innerText()), "the expression was evaluated");
  await page.getByLabel("Query language").selectOption("JSONPath");
  await page.getByLabel("Expression", { exact: true }).fill("$.b");
  await page.getByLabel("Expression", { exact: true }).press("Enter");
  await page.getByText("States.Runtime", { exact: true }).or(page.getByText("States.ParameterPathFailure", { exact: true })).waitFor();
  check(await page.locator(".editor .colours .k").count() > 3 && await page.locator(".editor .colours .n").count() === 2, "keys and numbers have colours");
  await page.reload();
  await page.settled();
  check(/ResultPath/.test(await area.inputValue()), "the draft survives a reload");
  await page.getByRole("button", { name: "Create" }).click();
  await page.locator("dialog input[name=name]").fill("drafted");
  await page.locator("dialog").getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/machines\/drafted/);
  check((await aws("DescribeStateMachine", { stateMachineArn: ARN("drafted") })).name === "drafted", "it was created");
  await page.to("/console/editor/drafted");
  await area.fill("{\"StartAt\": \"B\", \"States\": {\"B\": {\"Type\": \"Succeed\"}}}");
  await page.getByRole("status").filter({ hasText: "No fault" }).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/machines\/drafted/);
  check(/"B"/.test((await aws("DescribeStateMachine", { stateMachineArn: ARN("drafted") })).definition), "it was saved");
  await page.escaped();
}

/// The pictures on top of each other, and the events that fit what one looks for.
export async function closer({ open, aws, check }) {
  const page = await open();
  await page.to("/console/");
  await page.getByRole("button", { name: "Use the picture fjord.jpg" }).click();
  let list = [];
  for (let i = 0; i < 600 && !list.length; i++) { list = await latest(aws, "image-pipeline"); await new Promise(done => setTimeout(done, 50)); }
  await ended(aws, list[0].executionArn);
  await page.to(executionPage(list[0].executionArn));
  await page.getByRole("button", { name: "Compare" }).click();
  const slider = page.getByLabel("How much of the picture before is shown");
  await slider.focus();
  await page.keyboard.press("Home");
  check(await page.locator(".swipe > st-picture").nth(1).evaluate(picture => picture.style.clipPath) === "inset(0px 0px 0px 0%)", "the edge moves by keys");
  await page.axe("two pictures compared");
  const events = page.getByLabel("Which events");
  await events.selectOption("tasks");
  const found = page.getByRole("region", { name: "Events that fit" });
  await found.getByText("LambdaFunctionScheduled").first().waitFor();
  check(await found.getByText("StateEntered").count() === 0, "only tasks are shown");
  check(/event=tasks/.test(page.url()), "the filter is in the address");
  await page.getByLabel("Find in events").fill("no such word");
  await found.getByText("No event fits").waitFor();
  await found.getByRole("button", { name: "Show all events" }).click();
  await page.getByRole("table", { name: "Events" }).waitFor();
  await page.to(`${executionPage(list[0].executionArn)}?event=failures`);
  await page.getByText("No event fits").waitFor();
  await page.axe("events that fit");
  await page.escaped();
}

/// A function of one's own code: called by hand, its calls and its log; a failure among them.
export async function functions({ open, check }) {
  const page = await open();
  await page.to("/console/functions/greet");
  await page.getByText("It has not been called yet").or(page.getByText("Nothing has been logged yet")).first().waitFor();
  await page.getByLabel("Event, JSON").fill("{\"name\": \"<img src=x onerror=alert(1)>\"}");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.getByRole("region", { name: "Answer" }).getByText("Hello").waitFor();
  await page.getByRole("region", { name: "Log", exact: true }).getByText("greeting <img").waitFor();
  await page.getByLabel("Event, JSON").fill("{}");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.getByRole("region", { name: "Answer" }).getByText("KeyError").first().waitFor();
  await page.getByRole("region", { name: "Calls" }).getByRole("row").nth(2).waitFor();
  check(await page.getByRole("region", { name: "Calls" }).getByRole("row").count() === 3, "two calls are listed");
  await page.axe("a function");
  await page.to("/console/functions/none");
  await page.getByText("There is no function of that name").waitFor();
  await page.escaped();
}

/// A dead letter is published once more.
export async function letters({ open, check }) {
  const page = await open();
  await page.to("/console/topics/notices");
  await page.getByText("Dead letter", { exact: false }).first().waitFor();
  const messages = page.locator("section", { has: page.getByRole("heading", { name: "Last messages" }) }).locator("details");
  const before = await messages.count();
  await page.getByRole("button", { name: "Publish it again" }).first().click();
  await page.locator("dialog").getByRole("button", { name: "Publish" }).click();
  await page.getByText("The message is published again.").first().waitFor();
  await page.reload();
  await page.settled();
  check(await messages.count() === before + 1, "the topic has the message once more");
  await page.escaped();
}

/// Upload, preview, download, delete.
export async function buckets({ open, check, address }) {
  const page = await open();
  await page.to("/console/buckets/originals");
  const sample = await page.evaluate(() => document.querySelector("link[rel=icon]").href.replace("favicon.svg", "samples/fjord.jpg"));
  const bytes = Buffer.from(await (await page.request.get(sample)).body());
  await page.locator("input[type=file]").setInputFiles([{ name: "a b.jpg", mimeType: "image/jpeg", buffer: bytes }, { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("hello") }]);
  await page.getByRole("button", { name: "Show a b.jpg" }).click();
  await page.locator("aside img").waitFor();
  check(/480 × 360/.test(await page.locator("aside").innerText()), "the preview tells the dimensions");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download" }).click()]);
  check(download.suggestedFilename() === "a b.jpg", "it is downloaded by its name");
  await page.reload();
  await page.settled();
  await page.locator("aside img").waitFor();
  await page.locator("aside").getByRole("button", { name: "Delete" }).click();
  await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
  await page.locator(".toast", { hasText: "deleted" }).waitFor();
  check((await fetch(`${address}/buckets/originals/a%20b.jpg`)).status === 404, "it is deleted");
  await page.getByRole("button", { name: "As a list" }).click();
  await page.getByRole("button", { name: "note.txt" }).waitFor();
  await page.getByLabel("Key begins with").fill("zzz");
  await page.getByText("Nothing matches").waitFor();
  await page.escaped();
}

/// What users call things is text, wherever it is shown, and objects do not run.
export async function hostile({ open, aws, check, address }) {
  const nasty = "<img src=x onerror=alert(1)>";
  const state = `\"'><script>alert(2)<${"/"}script>`;
  await aws("CreateStateMachine", { name: "nasty", roleArn: ROLE, definition: JSON.stringify({ Comment: nasty, StartAt: state, States: { [state]: { Type: "Fail", Error: nasty, Cause: `javascript:alert(3) ${nasty} \u202Egnp.exe ${"😀".repeat(40)}` } } }) });
  const { executionArn } = await aws("StartExecution", { stateMachineArn: ARN("nasty"), name: "émoji-😀-ok", input: JSON.stringify({ html: nasty, big: "x".repeat(200_000) }) });
  await ended(aws, executionArn);
  const put = (key, type, body) => fetch(`${address}/buckets/originals/${encodeURIComponent(key)}`, { method: "PUT", headers: { "Content-Type": type }, body });
  await put("evil.svg", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'><script>fetch('/escaped')</script></svg>");
  await put("evil.html", "text/html", "<script>fetch('/escaped')</script>");
  await put("<b onclick=alert(6)>.jpg", "image/jpeg", "no picture");
  const page = await open();
  for (const path of ["/console/", "/console/executions", executionPage(executionArn), "/console/machines/nasty", "/console/editor/nasty", "/console/buckets/originals", "/console/buckets/originals?view=list", `/console/executions?q=${encodeURIComponent(nasty)}`, "/console/machines"]) {
    await page.to(path);
    await page.waitForLoadState("networkidle", { timeout: 4000 }).catch(() => {});
    await page.escaped();
    await page.narrow(path);
    check(await page.evaluate(() => document.querySelectorAll("main script, main [onerror], main [onclick], main b[onclick]").length) === 0, `${path}: markup came through`);
  }
  await page.axe("hostile");
  const asked = [];
  for (const file of ["evil.svg", "evil.html"]) {
    const object = await open();
    object.expected = () => true;
    object.on("request", request => asked.push(request.url()));
    await object.goto(`${address}/buckets/originals/${file}`, { waitUntil: "load" }).catch(() => {});
    await object.context().close();
  }
  check(asked.some(url => url.endsWith("evil.svg")), "the object was opened");
  check(!asked.some(url => url.endsWith("/escaped")), "an object ran a script");
}

/// A page hears of what happens, within a moment, by one stream for all tabs.
export async function live({ open, aws, check, options }) {
  await aws("CreateStateMachine", { name: "live", roleArn: ROLE, definition: JSON.stringify({ StartAt: "First", States: { First: { Type: "Pass", Next: "Wait" }, Wait: { Type: "Wait", SecondsPath: "$.seconds", Next: "Last" }, Last: { Type: "Pass", End: true } } }) });
  const page = await open();
  await page.to("/console/executions?machine=live");
  await page.locator(".live", { hasText: "Live" }).waitFor();
  const { executionArn } = await aws("StartExecution", { stateMachineArn: ARN("live"), name: "watched", input: "{\"seconds\": 3600}" });
  await page.getByRole("link", { name: "watched" }).waitFor();
  await page.to(executionPage(executionArn));
  await page.locator(".live", { hasText: "Live" }).waitFor();
  await page.evaluate(() => { window.__seen = new Promise(done => new MutationObserver(() => document.querySelector(".tag")?.textContent === "Aborted" && done(Date.now())).observe(document.body, { subtree: true, childList: true, characterData: true })); });
  const stopped = await aws("StopExecution", { executionArn });
  const late = await page.evaluate(() => window.__seen) - stopped.stopDate * 1000;
  // Ten tabs: with a stream each, the seventh would get no document.
  const context = page.context(), tabs = [];
  for (let i = 0; i < (options.tabs || 8); i++) {
    const tab = await context.newPage();
    tab.setDefaultTimeout(60_000);
    await tab.goto(page.url());
    tabs.push(tab.locator(".tag").waitFor());
  }
  await Promise.all(tabs);
  const { streams } = await (await page.request.get(new URL("/console/api/health", page.url()).href)).json();
  check(streams <= 2, `${streams} streams for one browser`);
  await page.escaped();
  return { live_update_ms: Math.round(late), streams };
}

/// The figures of the issue: how long the first paint of a long execution and of a long list takes.
export async function timings({ open, options }) {
  const page = await open();
  const figures = {};
  for (const [name, path, selector] of options.paths) {
    await page.goto("about:blank");
    const began = Date.now();
    await page.to(path);
    await page.locator(selector).first().waitFor();
    figures[name] = Date.now() - began;
    figures[`${name}_paint`] = await page.evaluate(() => Math.round(performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1));
  }
  return figures;
}
