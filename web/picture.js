// <st-picture bucket key etag w>: a thumbnail that loads when it comes into view, and what the picture is. What cannot be shown
// names the decoder's error. It tells its dimensions by the event "measured".
import { h, icon } from "./dom.js";
import { thumbnail } from "./api.js";
import { texts } from "./texts.js";

const seen = new IntersectionObserver(entries => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    entry.target.load();
  }
}, { rootMargin: "200px" });

class Picture extends HTMLElement {
  connectedCallback() { if (!this.done) seen.observe(this); }
  disconnectedCallback() {
    seen.unobserve(this);
    if (this.address) URL.revokeObjectURL(this.address);
  }
  async load() {
    this.done = true;
    try {
      const response = await thumbnail(this.getAttribute("bucket"), this.getAttribute("key"), this.getAttribute("etag"), this.getAttribute("w") || 320);
      if (!response.ok) {
        const body = await response.json();
        return this.fail(body.error, body.cause);
      }
      const told = { width: +response.headers.get("X-Source-Width"), height: +response.headers.get("X-Source-Height"), format: response.headers.get("X-Source-Format") };
      this.address = URL.createObjectURL(await response.blob());
      this.replaceChildren(h("img", { src: this.address, alt: this.getAttribute("alt") || "" }));
      this.dispatchEvent(new CustomEvent("measured", { detail: told }));
    } catch {
      this.fail(texts.picture.notLoaded, "");
    }
  }
  fail(error, cause) {
    this.classList.add("none", "st-pic");
    this.title = cause || "";
    const small = this.classList.contains("t32") || this.classList.contains("t48");
    this.replaceChildren(small ? icon("photo") : h("span", { class: "row" }, icon("photo"), error === "Image.UnsupportedType" || error === "Image.NotSupported" ? texts.common.noPicture : error));
    this.dispatchEvent(new CustomEvent("unseen", { detail: { error, cause } }));
  }
}
customElements.define("st-picture", Picture);

export const picture = (object, { w = 320, kind = "", alt = "" } = {}) =>
  h("st-picture", { class: `ph ${kind}`, bucket: object.bucket, key: object.key, etag: object.etag, w, alt });

/// Whether a thumbnail is worth asking for: by the type that the object has, not by its name.
export const looksLikePicture = object => (object.type || object.contentType || "").startsWith("image/") && !/svg/.test(object.type || object.contentType);
