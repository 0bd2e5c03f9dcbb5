// The tabs of a task: htmx brings what is in them, the address follows, and the form stays as it is behind them.

const panel = () => document.getElementById("task-panel");
const isOurs = (element) => element.getAttribute("hx-target") === "#task-panel";

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, elt } = event.detail;
  if (!isOurs(elt) || xhr.responseURL.endsWith(elt.getAttribute("hx-get"))) return;
  event.detail.shouldSwap = false; // signed out in the meantime: the page as a whole knows what to do
  location.assign(elt.href);
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const link = detail.requestConfig?.elt;
  if (!link || !isOurs(link)) return;
  history.replaceState(history.state, "", link.href);
  const tab = document.querySelector("#task-tabs [aria-current]");
  if (link.dataset.tab) tab?.focus({ preventScroll: true });
  else panel().focus({ preventScroll: true });
});
