// What every page has: menus that close, toasts that are heard and leave, and one submission per click.

import { press } from "./steady.js";

const region = document.querySelector("[data-toasts]");
const LEAVES_AFTER = 8000, STAYS_FOR = 30000;

// What is in a live region from the start is not announced: each toast is put in again, with a button to close it.
for (const toast of region ? [...region.querySelectorAll("[data-toast]")] : []) {
  const close = Object.assign(document.createElement("button"), { type: "button", className: "quiet close", textContent: "×" });
  close.setAttribute("aria-label", region.dataset.dismiss);
  close.addEventListener("click", () => toast.remove());
  toast.firstElementChild.append(close);
  toast.remove();
  requestAnimationFrame(() => press.still(() => region.append(toast)));
  if (!toast.querySelector(".bad")) leaveAfter(toast, "stays" in toast.dataset ? STAYS_FOR : LEAVES_AFTER);
}

// Never while somebody reads it or is about to press its button.
function leaveAfter(toast, time) {
  let timer;
  const leave = () => { if (!toast.matches(":hover, :focus-within")) toast.remove(); };
  const wait = () => { timer = setTimeout(() => press.calm(leave), time); };
  const hold = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, () => { hold(); wait(); });
  wait();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// The chosen tab is in sight where not all of them have room.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const bar = tab.closest(".tabs");
  bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
}

// A form is sent once however often it is clicked.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("download" in form.dataset || form.method === "dialog") return; // the page stays, and may be asked for the file again
  if (form.dataset.sent) event.preventDefault();
  else if (!event.defaultPrevented) form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
