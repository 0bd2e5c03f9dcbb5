// The page of a case: which section one is in, and data that are shown in full for a while only.

import { press } from "./steady.js";

const links = new Map([...document.querySelectorAll(".case-nav a")].map((link) => [link.hash.slice(1), link]));
const inside = new Set();
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) inside[isIntersecting ? "add" : "delete"](target.id);
  const here = [...links.keys()].find((id) => inside.has(id));
  for (const [id, link] of links) {
    if (id === here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}, { rootMargin: "-128px 0px -50% 0px" });
for (const id of links.keys()) {
  const section = document.getElementById(id);
  if (section) seen.observe(section);
}

// Masked again when the time is over; never under the hands of somebody who is typing.
const typed = () => [...document.querySelectorAll("textarea, input[type='text'], input:not([type])")].some((field) => field.value !== field.defaultValue);
for (const shown of document.querySelectorAll("[data-shown-for]")) {
  const leave = () => (typed() ? setTimeout(leave, 5000) : press.calm(() => window.location.replace(shown.dataset.then)));
  setTimeout(leave, Number(shown.dataset.shownFor) * 1000);
}
