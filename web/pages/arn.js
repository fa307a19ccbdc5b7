// Leads any ARN to its page.
import { h, show } from "../dom.js";
import { pageOf } from "../format.js";
import { mark } from "../frame.js";
import { texts } from "../texts.js";

export async function page({ args: [arn], main, go }) {
  const target = pageOf(arn);
  if (target) return go(target, { replace: true });
  mark({ title: texts.arn.title });
  show(main, h("h1", {}, texts.arn.nothing), h("p", { class: "mono" }, arn));
}
