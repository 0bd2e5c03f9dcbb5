// The bell stays true while a page is open, and the browser says what its reader asked it to say. One small question every few
// seconds, answered 304 while nothing has changed.

const EVERY = 4000, IN_BACKGROUND = 20000, KEPT = "redress-newest";
const bell = document.querySelector("[data-bell]");
const says = () => "Notification" in window && Notification.permission === "granted";
let etag = `"${bell.dataset.etag}"`, after = sessionStorage.getItem(KEPT) ?? bell.dataset.newest;
if (after !== bell.dataset.newest) etag = ""; // something came between two pages: ask for it at once

function show({ unread, label, newest, pop }) {
  const count = bell.querySelector("[data-count]");
  count.hidden = !unread;
  count.textContent = unread < 100 ? unread : "99+";
  bell.ariaLabel = bell.title = label;
  after = newest ?? "";
  sessionStorage.setItem(KEPT, after);
  document.dispatchEvent(new CustomEvent("redress:notified", { detail: { unread, pop } }));
  if (says()) pop.forEach(say);
}

function say({ id, title, text, url }) {
  const said = new Notification(title, { body: text, tag: id }); // the tag: two windows say it once
  said.addEventListener("click", () => {
    window.focus();
    window.location.assign(url);
  });
}

async function ask() {
  if (document.hidden && !says()) return true; // asked again when somebody looks
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(`${bell.dataset.bell}?after=${encodeURIComponent(after)}`, { headers, redirect: "manual", cache: "no-store" });
  if (answer.status === 200) {
    etag = answer.headers.get("ETag");
    show(await answer.json());
  }
  return answer.ok || answer.status === 304;
}

// A server that is away is asked less and less often, and so is one that would send us to the sign-in page.
let patience = EVERY, timer;
async function look() {
  clearTimeout(timer);
  patience = await ask().catch(() => false) ? EVERY : Math.min(patience * 2, 120000);
  timer = setTimeout(look, document.hidden ? Math.max(patience, IN_BACKGROUND) : patience);
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
timer = setTimeout(look, etag ? EVERY : 0);
sessionStorage.setItem(KEPT, after);

// A notification that is opened is read.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-read]");
  if (!link) return;
  const form = new FormData();
  form.append("csrf_token", link.closest("[data-csrf]").dataset.csrf);
  navigator.sendBeacon(link.dataset.read, form);
});
