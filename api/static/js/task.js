// The tabs of a task: htmx brings what is in them, the address follows, and the form stays as it is behind them.

const panel = () => document.getElementById("task-panel");
const isOurs = (element) => element.getAttribute("hx-target") === "#task-panel";

let halfSaid = ""; // a comment that is not sent yet, while another tab is looked at
const composer = () => panel().querySelector("[data-composer] textarea");

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig: { elt } } = event.detail;
  if (!isOurs(elt)) return;
  halfSaid = composer()?.value ?? halfSaid;
  if (xhr.responseURL.endsWith(elt.getAttribute("hx-get"))) return;
  event.detail.shouldSwap = false; // signed out in the meantime: the page as a whole knows what to do
  location.assign(elt.href);
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const link = detail.requestConfig?.elt;
  if (!link || !isOurs(link)) return;
  if (composer()) composer().value = halfSaid;
  history.replaceState(history.state, "", link.href);
  const tab = document.querySelector("#task-tabs [aria-current]");
  tab?.scrollIntoView({ block: "nearest", inline: "center" });
  if (link.dataset.tab) tab?.focus({ preventScroll: true });
  else panel().focus({ preventScroll: true });
});

// Ctrl+Enter completes from anywhere but what sends something of its own; heard first, as lists of form-js keep Enter to themselves.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.closest("dialog[open], .task-panel, .list-pane")) return;
  const button = document.querySelector("[data-complete]");
  if (button?.checkVisibility()) button.click();
}, true);
