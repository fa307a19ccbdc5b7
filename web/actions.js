// What a page can do to executions, all by the AWS API: start, stop, redrive, rerun, answer a task, and take the history away.
import { h, button, copy, download, toast } from "./dom.js";
import { aws, get, path } from "./api.js";
import { ask, checkJson, confirmThat, field } from "./dialog.js";
import { known, refreshFrame } from "./frame.js";
import { moment, pageOf } from "./format.js";

const EXAMPLES = 8, PAGE = 1000;
export const machineArn = name => `arn:aws:states:${known.region}:${known.account}:stateMachine:${name}`;
const shell = text => `'${text.replaceAll("'", `'\\''`)}'`;

/// Inputs of earlier executions, to begin from.
async function earlierInputs(machine) {
  const { executions } = await get("executions", { machine, count: EXAMPLES });
  return executions.map(e => [`as in ${e.name}, ${moment(e.startedAt, false)}`, e]);
}

/// Asks for machine, name and input; goes to the execution that it started.
export async function startDialog(go, { machine = "", input = "{}", title = "Start an execution" } = {}) {
  await refreshFrame();
  const machines = h("select", { name: "machine", required: true }, known.machines.map(name => h("option", { value: name, selected: name === machine }, name)));
  const name = h("input", { name: "name", maxlength: 80, placeholder: "made up if it is left empty", autocomplete: "off" });
  const text = h("textarea", { class: "ta", name: "input", spellcheck: "false" });
  text.value = input;
  const examples = h("select", { "aria-label": "Input of an earlier execution" }, h("option", { value: "" }, "Input of an earlier execution"));
  const fill = async () => {
    const list = await earlierInputs(machines.value).catch(() => []);
    examples.replaceChildren(h("option", { value: "" }, list.length ? "Input of an earlier execution" : "No earlier execution"), ...list.map(([label, e]) => h("option", { value: e.arn }, label)));
  };
  machines.onchange = fill;
  examples.onchange = async () => {
    if (!examples.value) return;
    const described = await aws("DescribeExecution", { executionArn: examples.value });
    text.value = pretty(described.input);
  };
  fill();
  const arn = await ask(title, {
    fields: [field("State machine", machines), field("Name", name), examples, field("Input, JSON", text)], verb: "Start",
    async run() {
      checkJson(text.value);
      const answer = await aws("StartExecution", { stateMachineArn: machineArn(machines.value), input: text.value, ...(name.value ? { name: name.value } : {}) });
      return answer.executionArn;
    },
  });
  if (arn) go(pageOf(arn) || "/console/executions");
}

export function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

export const rerun = async (go, execution) => {
  const { input } = await aws("DescribeExecution", { executionArn: execution.arn });
  return startDialog(go, { machine: execution.machine, input: pretty(input), title: `Rerun ${execution.name} with another input` });
};

export const stop = (execution, then) => {
  const cause = h("input", { name: "cause", maxlength: 200 });
  return ask(`Stop ${execution.name}`, {
    fields: [h("p", {}, "Its states are aborted. It can be redriven later."), field("Cause, for whoever looks at it later", cause)], verb: "Stop",
    run: () => aws("StopExecution", { executionArn: execution.arn, ...(cause.value ? { cause: cause.value } : {}) }),
  }).then(done => done && then());
};

export const redrive = (execution, then) =>
  confirmThat(`Redrive ${execution.name}`, `It goes on at ${execution.failedState || "the state"} where it ended, with the input that state had.`, "Redrive",
    () => aws("RedriveExecution", { executionArn: execution.arn })).then(done => done && then());

export async function copyCommand(execution) {
  const { input } = await aws("DescribeExecution", { executionArn: execution.arn });
  await copy(`aws stepfunctions start-execution --endpoint-url ${location.origin} \\\n  --state-machine-arn ${shell(execution.machineArn || machineArn(execution.machine))} \\\n  --input ${shell(input)}`, "The command is copied.");
}

export async function downloadHistory(execution, signal) {
  const events = [];
  let nextToken;
  do {
    const answer = await aws("GetExecutionHistory", { executionArn: execution.arn, maxResults: PAGE, ...(nextToken ? { nextToken } : {}) }, signal);
    events.push(...answer.events);
    nextToken = answer.nextToken;
  } while (nextToken);
  download(`${execution.name}.history.json`, JSON.stringify({ executionArn: execution.arn, events }, null, 1));
}

/// The answer to a task that waits for its token, by hand.
export function answerToken(token = "") {
  const given = h("input", { name: "token", required: true, autocomplete: "off" });
  given.value = token;
  const outcome = h("select", { name: "outcome" }, h("option", { value: "success" }, "It succeeded"), h("option", { value: "failure" }, "It failed"));
  const text = h("textarea", { class: "ta", spellcheck: "false" });
  const label = h("span", {}, "Output, JSON");
  text.value = "{}";
  outcome.onchange = () => { label.textContent = outcome.value === "success" ? "Output, JSON" : "Error, then its cause on the next lines"; text.value = outcome.value === "success" ? "{}" : "Refused\n"; };
  return ask("Answer a task by its token", {
    fields: [field("Task token", given), field("Outcome", outcome), h("label", {}, label, text)], verb: "Send",
    async run() {
      if (outcome.value === "success") { checkJson(text.value); await aws("SendTaskSuccess", { taskToken: given.value.trim(), output: text.value }); }
      else { const [error, ...cause] = text.value.split("\n"); await aws("SendTaskFailure", { taskToken: given.value.trim(), error, cause: cause.join("\n") }); }
      toast("The answer is sent.");
    },
  });
}

export const moreMenu = items => {
  const open = event => {
    const box = h("dialog", { "aria-label": "More actions", onclose: () => box.remove(), onclick: () => box.close() }, h("div", { class: "form" }, items.map(([label, run, glyph]) => button(label, run, { glyph, kind: "quiet" }))));
    document.body.append(box);
    box.showModal();
    event.preventDefault();
  };
  return button("More actions", open, { glyph: "more", kind: "icon" });
};
export { path };
