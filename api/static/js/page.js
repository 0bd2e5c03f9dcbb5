// What every page has: menus that close, toasts that leave, keys, and one submission per click.

for (const toast of document.querySelectorAll("[data-toast]")) {
  const leave = () => toast.remove();
  if (!toast.querySelector(".bad")) setTimeout(leave, 8000);
  toast.addEventListener("click", ({ target }) => target.closest("form") || leave()); // not before its Undo is sent
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

// A form is sent once however often it is clicked.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("download" in form.dataset) return; // the page stays, and may be asked for the file again
  if (form.dataset.sent) event.preventDefault();
  else if (!event.defaultPrevented) form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// j and k walk through a list of tasks, c claims, u gives back; never while typing.
const typing = (target) => target.closest("input, select, textarea, [contenteditable], .fjs-container");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const rows = [...document.querySelectorAll(".task-list a")];
  if ((event.key === "j" || event.key === "k") && rows.length) {
    const start = rows.findIndex((row) => row === document.activeElement || row.ariaCurrent);
    const next = event.key === "j" ? Math.min(start + 1, rows.length - 1) : Math.max(start - 1, 0);
    rows[next].focus();
  }
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (button) button.click();
});
