// What a page can do to executions, all by the AWS API: start, stop, redrive, rerun, answer a task, and take the history away.
import { h, button, copy, download, toast } from "./dom.js";
import { aws, get, path } from "./api.js";
import { ask, checkJson, confirmThat, field } from "./dialog.js";
import { known, refreshFrame } from "./frame.js";
import { moment, pageOf } from "./format.js";
import { texts } from "./texts.js";

const EXAMPLES = 8, PAGE = 1000;
export const machineArn = name => `arn:aws:states:${known.region}:${known.account}:stateMachine:${name}`;
const shell = text => `'${text.replaceAll("'", `'\\''`)}'`;

/// Inputs of earlier executions, to begin from.
async function earlierInputs(machine) {
  const { executions } = await get("executions", { machine, count: EXAMPLES });
  return executions.map(e => [texts.common.asIn(e.name, moment(e.startedAt, false)), e]);
}

/// Asks for machine, name and input; goes to the execution that it started.
export async function startDialog(go, { machine = "", input = "{}", title = texts.common.startExecution } = {}) {
  await refreshFrame();
  const machines = h("select", { name: "machine", required: true }, known.machines.map(name => h("option", { value: name, selected: name === machine }, name)));
  const name = h("input", { name: "name", maxlength: 80, placeholder: texts.actions.nameHint, autocomplete: "off" });
  const text = h("textarea", { class: "ta", name: "input", spellcheck: "false" });
  text.value = input;
  const examples = h("select", { "aria-label": texts.common.earlierInput }, h("option", { value: "" }, texts.common.earlierInput));
  const fill = async () => {
    const list = await earlierInputs(machines.value).catch(() => []);
    examples.replaceChildren(h("option", { value: "" }, list.length ? texts.common.earlierInput : texts.actions.noEarlierInput), ...list.map(([label, e]) => h("option", { value: e.arn }, label)));
  };
  machines.onchange = fill;
  examples.onchange = async () => {
    if (!examples.value) return;
    const described = await aws("DescribeExecution", { executionArn: examples.value });
    text.value = pretty(described.input);
  };
  fill();
  const arn = await ask(title, {
    fields: [field(texts.common.machine, machines), field(texts.common.name, name), examples, field(texts.common.inputJson, text)], verb: texts.common.start,
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
  return startDialog(go, { machine: execution.machine, input: pretty(input), title: texts.actions.rerunTitle(execution.name) });
};

export const stop = (execution, then) => {
  const cause = h("input", { name: "cause", maxlength: 200 });
  return ask(texts.actions.stopTitle(execution.name), {
    fields: [h("p", {}, texts.actions.stopNote), field(texts.actions.stopCause, cause)], verb: texts.common.stop,
    run: () => aws("StopExecution", { executionArn: execution.arn, ...(cause.value ? { cause: cause.value } : {}) }),
  }).then(done => done && then());
};

export const redrive = (execution, then) =>
  confirmThat(texts.actions.redriveTitle(execution.name), texts.actions.redriveNote(execution.failedState), texts.common.redrive,
    () => aws("RedriveExecution", { executionArn: execution.arn })).then(done => done && then());

export async function copyCommand(execution) {
  const { input } = await aws("DescribeExecution", { executionArn: execution.arn });
  await copy(`aws stepfunctions start-execution --endpoint-url ${location.origin} \\\n  --state-machine-arn ${shell(execution.machineArn || machineArn(execution.machine))} \\\n  --input ${shell(input)}`, texts.actions.commandCopied);
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
  const outcome = h("select", { name: "outcome" }, h("option", { value: "success" }, texts.actions.taskSucceeded), h("option", { value: "failure" }, texts.actions.taskFailed));
  const text = h("textarea", { class: "ta", spellcheck: "false" });
  const label = h("span", {}, texts.actions.taskOutput);
  text.value = "{}";
  outcome.onchange = () => { label.textContent = outcome.value === "success" ? texts.actions.taskOutput : texts.actions.taskError; text.value = outcome.value === "success" ? "{}" : `${texts.actions.taskErrorSample}\n`; };
  return ask(texts.common.answerTask, {
    fields: [field(texts.actions.token, given), field(texts.actions.outcome, outcome), h("label", {}, label, text)], verb: texts.actions.send,
    async run() {
      if (outcome.value === "success") { checkJson(text.value); await aws("SendTaskSuccess", { taskToken: given.value.trim(), output: text.value }); }
      else { const [error, ...cause] = text.value.split("\n"); await aws("SendTaskFailure", { taskToken: given.value.trim(), error, cause: cause.join("\n") }); }
      toast(texts.actions.answerSent);
    },
  });
}

export const moreMenu = items => {
  const open = event => {
    const box = h("dialog", { "aria-label": texts.actions.more, onclose: () => box.remove(), onclick: () => box.close() }, h("div", { class: "form" }, items.map(([label, run, glyph]) => button(label, run, { glyph, kind: "quiet" }))));
    document.body.append(box);
    box.showModal();
    event.preventDefault();
  };
  return button(texts.actions.more, open, { glyph: "more", kind: "icon" });
};
export { path };
