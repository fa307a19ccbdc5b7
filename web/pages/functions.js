// Functions: what Lambda names of definitions mean here.
import { h, empty, show } from "../dom.js";
import { get } from "../api.js";
import { plural } from "../format.js";
import { mark } from "../frame.js";

export async function page({ main, signal }) {
  mark({ title: "Functions" });
  const { functions } = await get("inventory", {}, signal);
  show(main, h("div", { class: "stack" }, h("h1", {}, "Functions"),
    functions.length ? h("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": "Functions" }, h("table", {}, h("thead", {}, h("tr", {}, ["Name", "Runs", "Invoked from outside by"].map(t => h("th", { scope: "col" }, t)))), h("tbody", {}, functions.map(f => h("tr", {}, h("td", {}, f.name), h("td", {}, h("code", {}, f.runs)), h("td", {}, h("code", {}, `POST /2015-03-31/functions/${f.name}/invocations`)))))))
      : h("div", { class: "panel" }, empty("There is no function", h("span", {}, "Functions are declared in the configuration:"), h("pre", {}, "functions:\n  resizeImage: { handler: image.resize }"))),
    h("p", { class: "faint" }, plural(functions.length, "function"))));
}
