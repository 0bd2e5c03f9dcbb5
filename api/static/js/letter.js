// The preview follows the typing; a line that is wrong is jumped to. Without JavaScript the button does it.

import { press } from "./steady.js";

const form = document.querySelector("[data-letter]");
const text = form.elements.text;
const preview = document.getElementById("preview");
let waiting;
let asked = 0;

async function show() {
  const mine = ++asked;
  const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
  if (!answer?.ok || mine !== asked) return; // no connection, or a session that ended: saving says so
  const said = await answer.text();
  await new Promise((go) => press.calm(go));
  if (mine !== asked) return;
  preview.innerHTML = said;
  text.toggleAttribute("aria-invalid", false);
  if (preview.querySelector(".notice.bad")) text.setAttribute("aria-invalid", "true");
}

text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 400);
});

preview.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  const lines = text.value.split("\n");
  const line = Math.min(Number(link.dataset.line), lines.length);
  const start = lines.slice(0, line - 1).reduce((length, one) => length + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + lines[line - 1].length);
});
