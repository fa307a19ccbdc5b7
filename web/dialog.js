// Questions to people: a form in a dialog, and the confirmation of what cannot be undone.
import { h } from "./dom.js";
import { texts } from "./texts.js";

/// fields: nodes; run(form) may throw, which is shown. Answers what run() answered, or undefined if it was closed.
export function ask(title, { fields, verb, run, danger = false }) {
  return new Promise(done => {
    let result;
    const fault = h("div", { class: "fault", role: "alert" });
    const act = h("button", { class: "btn main", type: "submit" }, verb);
    const form = h("form", { method: "dialog" }, h("header", {}, h("h2", { class: "grow" }, title)),
      h("div", { class: "form" }, fields, fault),
      h("footer", {}, h("button", { class: "btn", type: "button", onclick: () => box.close() }, texts.dialog.cancel), act));
    const box = h("dialog", { "aria-label": title, onclose: () => { box.remove(); done(result); } }, form);
    if (danger) act.classList.add("danger");
    form.onsubmit = async event => {
      event.preventDefault();
      act.disabled = true;
      fault.textContent = "";
      try {
        result = await run(form) ?? true;
        box.close();
      } catch (error) {
        fault.textContent = error.message;
      } finally {
        act.disabled = false;
      }
    };
    document.body.append(box);
    box.showModal();
  });
}

/// From ten things on, their number has to be typed.
export function confirmThat(title, what, verb, run, count = 1) {
  const typed = count >= 10 ? h("label", {}, texts.dialog.typeToConfirm(count), h("input", { name: "count", required: true, pattern: String(count), inputmode: "numeric" })) : null;
  return ask(title, { fields: [h("p", {}, what), typed], verb, run, danger: true });
}

export const field = (label, input) => h("label", {}, label, input);

/// JSON of a text, or an error that says where it is wrong.
export function checkJson(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(texts.dialog.notJson(error.message));
  }
}
