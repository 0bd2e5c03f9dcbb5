// The inbox is kept fresh while somebody looks at it, and is worked through by keys. Never under somebody's hands.

const EVERY = 2000, AFRESH = 60000; // milliseconds; the time that is left changes by itself
const pane = document.querySelector("[data-inbox]");
const parts = [...document.querySelectorAll("[data-live]")];
const behind = new Set(); // parts that something has changed in, and that could not be fetched yet
let after = pane.dataset.after, freshAt = Date.now(), asking = false;

const busy = (part) => part.querySelector("details[open]") !== null
  || (part.contains(document.activeElement) && document.activeElement.closest("form, details, select") !== null);

function refresh() {
  for (const part of behind) {
    if (busy(part)) continue;
    behind.delete(part);
    part.dispatchEvent(new Event("changed"));
  }
}

async function ask() {
  if (document.hidden || asking) return;
  asking = true;
  try {
    const answer = await fetch(`${pane.dataset.changes}?after=${after}`, { cache: "no-store", redirect: "manual" });
    if (answer.status !== 200 && answer.status !== 304) return; // signed out, say
    after = answer.headers.get("ETag").replaceAll('"', "");
    if (answer.status === 200) noticed(await answer.json());
    if (Date.now() - freshAt > AFRESH) noticed({ tasks: [], everything: true });
    refresh();
  } catch { // no connection: the page stands as it is, and asks again
  } finally {
    asking = false;
  }
}

function noticed({ tasks, everything }) {
  freshAt = Date.now();
  for (const part of parts) {
    if (part.dataset.live !== "head" || everything || tasks.includes(pane.dataset.task)) behind.add(part);
  }
}

setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);

// What a part showed stays where it was: chosen rows, the row with the focus, how far one had scrolled.
const isLive = (element) => "live" in element.dataset;
const idOf = (element) => element?.closest("[data-id]")?.dataset.id;

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (isLive(detail.elt) && detail.elt.dataset.etag) detail.headers["If-None-Match"] = detail.elt.dataset.etag;
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { xhr, elt } = detail;
  if (!isLive(elt)) return;
  if (!xhr.responseURL.endsWith(elt.getAttribute("hx-get"))) window.location.reload(); // signed out in the meantime
  detail.shouldSwap = xhr.status === 200 && !busy(elt);
  if (!detail.shouldSwap) {
    if (xhr.status === 200) behind.add(elt);
    return;
  }
  elt.dataset.etag = xhr.getResponseHeader("ETag") ?? "";
  if ("rows" in elt.dataset) keepPlace(elt);
});

function keepPlace(rows) {
  const chosen = new Set([...rows.querySelectorAll("[name=ids]:checked")].map((box) => box.value));
  const focused = rows.contains(document.activeElement) ? document.activeElement : null;
  const [id, kind, order] = [idOf(focused), focused?.matches("input") ? "input" : "a", [...rows.querySelectorAll("[data-id]")].map((row) => row.dataset.id)];
  const scrolled = pane.scrollTop;
  rows.addEventListener("htmx:afterSwap", () => {
    for (const box of rows.querySelectorAll("[name=ids]")) box.checked = chosen.has(box.value);
    const near = [id, ...order.slice(order.indexOf(id) + 1), ...order.slice(0, order.indexOf(id)).reverse()];
    const next = id && near.map((one) => rows.querySelector(`[data-id="${one}"]`)).find(Boolean);
    next?.querySelector(kind).focus({ preventScroll: true });
    pane.scrollTop = scrolled;
    sayChosen();
    const said = pane.querySelector("[data-said]");
    said.textContent = "";
    requestAnimationFrame(() => { said.textContent = said.dataset.said; });
  }, { once: true });
}

// How many are chosen.
function sayChosen() {
  const label = pane.querySelector("[data-chosen]"), number = pane.querySelectorAll("[name=ids]:checked").length;
  label.dataset.plain ??= label.textContent;
  label.textContent = number ? label.dataset.chosen.replace("{n}", number) : label.dataset.plain;
}
pane.addEventListener("change", ({ target }) => {
  if (target.name === "ids") sayChosen();
  if ("submits" in target.dataset) target.form.requestSubmit();
});
sayChosen();

// Keys of the list; they are heard before those of the page. Enter opens a row, as it does any link.
const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], .fjs-container");
const links = () => [...pane.querySelectorAll(".task-list a")];

function step(by) {
  const found = links();
  const now = found.findIndex((link) => link.closest("li").contains(document.activeElement));
  const start = now >= 0 ? now : found.findIndex((link) => link.ariaCurrent);
  found[Math.max(0, Math.min(start + by, found.length - 1))]?.focus();
}

function act(verb) {
  const id = document.activeElement.closest("[data-id]").dataset.id, form = document.getElementById("row-act");
  form.action = form.dataset[verb].replace("TASK", id);
  form.requestSubmit();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: (row) => row && row.querySelector("[name=ids]").click(),
  c: (row) => row && act("claim"),
  u: (row) => row && act("unclaim"),
};
document.addEventListener("keydown", (event) => {
  if (document.body.dataset.keys !== "on" || event.target.closest("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !(event.key in KEYS)) return;
  const row = document.activeElement.closest(".task-list li");
  if (!row && "xcu".includes(event.key)) return; // those of the open task
  event.preventDefault();
  event.stopPropagation();
  KEYS[event.key](row);
}, true);
