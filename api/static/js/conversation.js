// The conversation of a case: forms are sent without leaving the page, what others say appears by itself.
// Without a script its forms are plain forms.

import { enhanceAll } from "./files.js";
import { enhance as suggest } from "./mentions.js";
import { press } from "./steady.js";

const LOOK_EVERY = 2000; // ms
const PART = { "X-Part": "conversation" };
let looking = false;

function enhance(part) {
  if (part.dataset.enhanced) return;
  part.dataset.enhanced = "yes";
  for (const form of part.querySelectorAll("[data-part-form]")) form.addEventListener("submit", send);
  const field = part.querySelector("[data-mentions]");
  if (field) {
    suggest(field, part.querySelector(".mention-list"));
    // The key that leads here is pressed still: the letter is not for the field.
    field.addEventListener("click", () => document.activeElement === field || setTimeout(() => field.focus()));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
    });
  }
  enhanceAll(part);
}

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

function replace(part, page) {
  const fresh = page.querySelector("[data-conversation]");
  if (!fresh) return false;
  part.replaceWith(fresh);
  enhance(fresh);
  return true;
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const part = form.closest("[data-conversation]");
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  form.setAttribute("aria-busy", "true");
  const post = () => fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), headers: PART });
  try {
    let answer = await post();
    if (answer.status === 403 && await renewToken(part)) answer = await post();
    const page = parsed(await answer.text()), files = form.elements.files?.files;
    await new Promise((go) => press.still(go));
    if (!answer.redirected && replace(part, page)) {
      if (!answer.ok) giveBack(files);
      return focus(answer.ok, form);
    }
    tell(part, answer.redirected ? part.dataset.signedOut : page.querySelector("main h1 + p")?.textContent ?? part.dataset.notSent);
  } catch {
    tell(part, part.dataset.notSent);
  }
  delete form.dataset.sending;
  form.removeAttribute("aria-busy");
}

// Who signed in anew in another window has another token there: the forms of this page get it, and nothing is typed twice.
async function renewToken(part) {
  const answer = await fetch(part.dataset.part, { headers: PART });
  const token = answer.redirected ? null : parsed(await answer.text()).querySelector("[name=csrf_token]")?.value;
  if (!token || token === part.querySelector("[name=csrf_token]").value) return false;
  for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token;
  return true;
}

// A page brings no chosen files along: those that were refused together with the text are chosen again.
function giveBack(files) {
  const input = document.querySelector("[data-composer] input[type=file]");
  if (!files?.length || !input) return;
  input.files = files;
  input.dispatchEvent(new Event("change"));
}

// Who wrote goes on writing; who was refused reads why first.
function focus(sent, form) {
  const field = document.querySelector("[data-composer] textarea");
  const problem = document.querySelector("[data-clash], [data-composer] .notice.bad:not([hidden])");
  if (!sent && problem) problem.scrollIntoView({ block: "center" });
  if (problem?.matches("[data-clash]")) problem.focus({ preventScroll: true });
  if (field && "composer" in form.dataset) field.focus({ preventScroll: true });
}

function tell(part, sentence) {
  const problem = part.querySelector("[data-problem]");
  problem.textContent = sentence;
  problem.hidden = false;
}

// Whether anything was said is asked often, and costs next to nothing; what was said is fetched only then. Only the list is renewed,
// and never under somebody's hands.
async function look() {
  const part = document.querySelector("[data-conversation]");
  if (!part || document.hidden || looking || part.closest("[hidden]") || new URLSearchParams(location.search).has("before")) return;
  looking = true;
  try {
    const answer = await fetch(`${part.dataset.changes}?after=${part.dataset.mark}`, { cache: "no-store", redirect: "manual" });
    if (answer.status === 200) await renew(part, (await answer.json()).after);
  } catch { // no connection now: the next look will tell
  } finally {
    looking = false;
  }
}

async function renew(part, mark) {
  const list = part.querySelector("[data-said]");
  const busy = () => list.contains(document.activeElement) || list.querySelector("details[open]");
  if (busy()) return;
  const answer = await fetch(part.dataset.part, { headers: PART });
  if (!answer.ok || answer.redirected) return;
  const fresh = parsed(await answer.text()).querySelector("[data-said]");
  await new Promise((go) => press.calm(go));
  if (!fresh || busy() || !document.contains(list)) return;
  list.replaceChildren(...fresh.childNodes);
  part.dataset.mark = mark;
  for (const form of list.querySelectorAll("[data-part-form]")) form.addEventListener("submit", send);
}

for (const part of document.querySelectorAll("[data-conversation]")) enhance(part);
setInterval(look, LOOK_EVERY);
// A part that comes into a page later: a tab that is opened.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  for (const part of target.querySelectorAll?.("[data-conversation]") ?? []) enhance(part);
});
