// Activities: kinds of task that workers ask for; and the answer to a task by hand.
import { h, button, empty, show, toast } from "../dom.js";
import { aws } from "../api.js";
import { time } from "../format.js";
import { mark } from "../frame.js";
import { ask, confirmThat, field } from "../dialog.js";
import { answerToken } from "../actions.js";
import { texts } from "../texts.js";

export async function page({ main, signal, reload }) {
  mark({ title: texts.pages.activities, actions: [{ label: texts.common.answerTask, glyph: "up", run: () => answerToken() }] });
  const { activities } = await aws("ListActivities", { maxResults: 100 }, signal);
  const create = async () => {
    const name = h("input", { required: true, maxlength: 80, autocomplete: "off" });
    if (await ask(texts.activities.create, { fields: [field(texts.common.name, name)], verb: texts.common.create, run: () => aws("CreateActivity", { name: name.value }) })) reload();
  };
  const take = async a => {
    const task = await aws("GetActivityTask", { activityArn: a.activityArn, workerName: "console" });
    if (!task.taskToken) return toast(texts.activities.noTask);
    answerToken(task.taskToken);
  };
  show(main, h("div", { class: "stack" }, h("div", { class: "head" }, h("h1", {}, texts.pages.activities), h("div", { class: "row acts" }, button(texts.activities.answerToken, () => answerToken(), { glyph: "up" }), button(texts.activities.create, create, { glyph: "plus", kind: "main" }))),
    activities.length ? h("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": texts.pages.activities }, h("table", {}, h("thead", {}, h("tr", {}, texts.activities.columns.map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, activities.map(a => h("tr", {}, h("td", {}, a.name), h("td", {}, time(a.creationDate * 1000, false)), h("td", {}, h("code", {}, a.activityArn)),
      h("td", {}, h("span", { class: "row" }, button(texts.activities.takeTask, () => take(a).catch(error => toast(error.message)), { kind: "small" }),
        button(texts.common.deleteNamed(a.name), () => confirmThat(texts.common.deleteNamed(a.name), texts.activities.deleteNote, texts.common.delete, () => aws("DeleteActivity", { activityArn: a.activityArn })).then(done => done && reload()), { glyph: "trash", kind: "icon small" }))))))))
      : h("div", { class: "panel" }, empty(texts.activities.none, h("span", {}, texts.activities.whatItIs)))));
}
