// Single keys: an element with data-key is clicked (a field: focused) by its key, `g t` by two keys in a row. `?` lists those of
// the page; data-key-help only names a key that somebody else handles. A person can switch them off (WCAG 2.1.4).

const FORGOTTEN_AFTER = 1500;
const TYPING = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), select, textarea, [contenteditable]";
const ISLANDS = ".fjs-container, .djs-container, .bjs-container, .dmn-js-parent, [data-island]";
const dialog = document.getElementById("keys");
const acts = document.body.dataset.keys === "on";
let begun = "", forgetting;

// What is folded away (the places on a phone, the search box, the menu) can be reached; what is hidden for a reason cannot.
const reachable = (one) => (one.checkVisibility() || one.closest("[data-places], [popover]")) && !one.closest("dialog:not([open])")
  && !one.disabled && one.ariaDisabled !== "true";
const holders = () => [...document.querySelectorAll("[data-key]")].filter(reachable);

function act(holder) {
  if (!holder.matches("input, select, textarea")) return holder.click();
  if (!holder.checkVisibility()) holder.closest("[popover]")?.showPopover();
  holder.focus();
  holder.select?.();
}

function begin(key) {
  begun = key;
  clearTimeout(forgetting);
  if (key) forgetting = setTimeout(() => { begun = ""; }, FORGOTTEN_AFTER);
}

function pressed(event) {
  if (!acts || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  // A dialog that was closed keeps the focus until the page is drawn anew: it does not keep the keys.
  if (event.key.length !== 1 || event.target.closest?.(`${TYPING}, ${ISLANDS}, dialog[open]`)) return;
  const found = holders();
  const holderOf = (keys) => found.find((one) => one.dataset.key === keys);
  const holder = holderOf(`${begun} ${event.key}`) ?? holderOf(event.key);
  if (holder) act(holder);
  else if (event.key === "?") open();
  else return begin(found.some((one) => one.dataset.key.startsWith(`${event.key} `)) ? event.key : "");
  begin("");
  event.preventDefault();
}
document.addEventListener("keydown", pressed);

const nameOf = (one) => one.dataset.keyName ?? one.ariaLabel ?? one.textContent.trim();
const written = (keys) => keys.split(" ").map((key) => Object.assign(document.createElement("kbd"), { textContent: key }));

function list(title, rows) {
  const part = document.createElement("section"), head = document.createElement("h3"), names = document.createElement("dl");
  head.textContent = title;
  for (const [keys, name] of rows) {
    const row = document.createElement("div"), key = document.createElement("dt"), said = document.createElement("dd");
    key.append(...written(keys));
    said.textContent = name;
    row.append(key, said);
    names.append(row);
  }
  part.append(head, names);
  return part;
}

function open() {
  const groups = { places: new Map(), here: new Map(), everywhere: new Map() };
  const helps = [...document.querySelectorAll("[data-key-help]")].filter((one) => one.closest("dialog") || one.checkVisibility() || one.hidden);
  for (const one of [...holders(), ...helps]) {
    const keys = one.dataset.key ?? one.dataset.keyHelp;
    const group = keys.startsWith("g ") ? "places" : one.closest(".topbar") || "everywhere" in one.dataset ? "everywhere" : "here";
    if (!groups[group].has(keys)) groups[group].set(keys, nameOf(one));
  }
  const parts = Object.entries(groups).filter(([, rows]) => rows.size).map(([group, rows]) => list(dialog.dataset[group], rows));
  dialog.querySelector(".key-lists").replaceChildren(...parts);
  dialog.showModal();
}

for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.closest("details").open = false;
    open();
  });
}
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
