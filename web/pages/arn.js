// Leads any ARN to its page.
import { h, show } from "../dom.js";
import { pageOf } from "../format.js";
import { mark } from "../frame.js";

export async function page({ args: [arn], main, go }) {
  const target = pageOf(arn);
  if (target) return go(target, { replace: true });
  mark({ title: "ARN" });
  show(main, h("h1", {}, "Nothing here has this ARN"), h("p", { class: "mono" }, arn));
}
