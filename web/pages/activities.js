// Activities: kinds of task that workers ask for; and the answer to a task by hand.
import { h, button, empty, show, toast } from "../dom.js";
import { aws } from "../api.js";
import { time } from "../format.js";
import { mark } from "../frame.js";
import { ask, confirmThat, field } from "../dialog.js";
import { answerToken } from "../actions.js";

export async function page({ main, signal, reload }) {
  mark({ title: "Activities", actions: [{ label: "Answer a task by its token", glyph: "up", run: () => answerToken() }] });
  const { activities } = await aws("ListActivities", { maxResults: 100 }, signal);
  const create = async () => {
    const name = h("input", { required: true, maxlength: 80, autocomplete: "off" });
    if (await ask("Create an activity", { fields: [field("Name", name)], verb: "Create", run: () => aws("CreateActivity", { name: name.value }) })) reload();
  };
  const take = async a => {
    const task = await aws("GetActivityTask", { activityArn: a.activityArn, workerName: "console" });
    if (!task.taskToken) return toast("No task came within a minute.");
    answerToken(task.taskToken);
  };
  show(main, h("div", { class: "stack" }, h("div", { class: "head" }, h("h1", {}, "Activities"), h("div", { class: "row acts" }, button("Answer a token", () => answerToken(), { glyph: "up" }), button("Create an activity", create, { glyph: "plus", kind: "main" }))),
    activities.length ? h("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": "Activities" }, h("table", {}, h("thead", {}, h("tr", {}, ["Name", "Created", "ARN", "Work on it"].map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, activities.map(a => h("tr", {}, h("td", {}, a.name), h("td", {}, time(a.creationDate * 1000, false)), h("td", {}, h("code", {}, a.activityArn)),
      h("td", {}, h("span", { class: "row" }, button("Take a task", () => take(a).catch(error => toast(error.message)), { kind: "small" }), button(`Delete ${a.name}`, () => confirmThat(`Delete ${a.name}`, "Tasks that wait for it fail.", "Delete", () => aws("DeleteActivity", { activityArn: a.activityArn })).then(done => done && reload()), { glyph: "trash", kind: "icon small" }))))))))
      : h("div", { class: "panel" }, empty("There is no activity yet", h("span", {}, "An activity is a kind of task that programs of yours ask for, with GetActivityTask.")))));
}
