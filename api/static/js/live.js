// htmx asks for fresh parts; here it learns manners: never under somebody's hands, and nothing when nothing changed.

const busy = (part) => document.hidden
  || part.querySelector("details[open]") !== null
  || (part.contains(document.activeElement) && document.activeElement.closest("form, details") !== null);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.dataset.etag) detail.headers["If-None-Match"] = detail.elt.dataset.etag;
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (busy(event.detail.elt)) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { xhr, elt } = detail;
  if (!xhr.responseURL.endsWith(elt.getAttribute("hx-get"))) window.location.reload(); // signed out in the meantime
  if (busy(elt)) detail.shouldSwap = false;
  else elt.dataset.etag = xhr.getResponseHeader("ETag") ?? "";
});

for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, ({ detail }) => detail.elt.classList.add("stale"));
}
document.addEventListener("htmx:afterOnLoad", ({ detail }) => detail.elt.classList.remove("stale"));
