// What is typed goes to the server while typing. What cannot go there stays in this window, and goes as soon as it can:
// the server is away, the session has ended, another window of the same person has saved something else.

import { press } from "./steady.js";

const AFTER = 700, AGAIN = 4000; // milliseconds after the last key, and between two tries

const isJson = (answer) => answer.headers.get("Content-Type")?.startsWith("application/json");

export class Drafts {
  #form; #read; #url; #revision; #csrf; #key;
  #saved = ""; #timer = 0; #queue = Promise.resolve(); #touched = false;
  state = "saved"; // saved | offline | signed-out | somebody-else | conflict | refused

  // `read` gives the values of the form; `compare` shows both sides of a conflict, as HTML from the server.
  constructor(form, read, compare) {
    this.#form = form;
    this.#read = read;
    this.compare = compare;
    this.#url = form.dataset.draft;
    this.#csrf = form.dataset.csrf;
    this.#revision = Number(form.elements.draft_revision.value);
    this.#key = `redress:typed:${form.dataset.account}:${form.dataset.task}`;
    this.#saved = JSON.stringify(read());
    addEventListener("online", () => this.#retry());
    addEventListener("pagehide", () => { if (this.#touched) this.flush(); });
    addEventListener("beforeunload", (event) => { if (this.state !== "saved" && this.#kept()) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden ? this.#touched : this.state !== "saved") this.flush(); });
    for (const out of document.querySelectorAll('form[action$="/sign-out"]')) out.addEventListener("submit", () => this.#forget());
  }

  // What an earlier visit of this window could not save; null when everything was.
  static leftHere(form) {
    const kept = sessionStorage.getItem(`redress:typed:${form.dataset.account}:${form.dataset.task}`);
    return kept && JSON.parse(kept);
  }

  // Goes on from what was left here: typed over an older draft, so that a newer one is compared and not overwritten.
  goOn({ revision }) {
    this.#saved = "";
    this.#revision = revision;
    return this.flush();
  }

  typed() {
    this.#touched = true;
    this.#keepHere();
    if (this.state !== "saved") return; // tried again by itself
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), AFTER);
  }

  // One save after the other, never two at once; says how it ended.
  flush() {
    clearTimeout(this.#timer);
    this.#queue = this.#queue.then(() => this.#save());
    return this.#queue;
  }

  // Before the form is sent: everything is saved, and the session still lives.
  async settle() {
    await this.flush();
    if (this.state === "saved") await this.#ask();
    return this.state;
  }

  async #save() {
    const body = JSON.stringify(this.#read());
    if (body === this.#saved && this.state === "saved") return;
    if (this.state === "signed-out" || this.state === "somebody-else") {
      if (!await this.#ask()) return;
    }
    const answer = await this.#put(body);
    if (answer) await this.#understand(answer, body);
  }

  #put(body) {
    return fetch(this.#url, {
      method: "PUT", body, keepalive: body.length < 60_000, credentials: "same-origin", redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": this.#csrf, "If-Match": `"${this.#revision}"` },
    }).catch(() => this.#stay("offline"));
  }

  async #understand(answer, body, again = true) {
    if (answer.type === "opaqueredirect") return this.#stay("signed-out");
    if (answer.status >= 500 || (answer.ok && !isJson(answer))) return this.#stay("offline");
    if (answer.status === 403 && !isJson(answer) && again) { // signed in anew in another window: the form needs the new token
      if (!await this.#ask()) return undefined;
      const second = await this.#put(body);
      return second && this.#understand(second, body, false);
    }
    const said = isJson(answer) ? await answer.json() : {};
    if (answer.ok) return this.#done(said, body);
    if (answer.status === 412) {
      this.#stay("conflict");
      return press.still(() => this.compare(said.html));
    }
    return this.#stay("refused", said.said);
  }

  #done({ saved, revision }, body) {
    this.#saved = body;
    this.#touched = JSON.stringify(this.#read()) !== body;
    this.#revision = revision;
    this.#form.elements.draft_revision.value = revision;
    this.#forget();
    this.#show("saved", this.#form.dataset.saved.replace("{time}", saved));
    if (this.#touched) this.typed();
  }

  // Is it still the same person, and with which token? False: not now.
  async #ask() {
    const answer = await fetch(this.#url, { credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.type === "opaqueredirect") return this.#stay("signed-out");
    if (!answer?.ok) return answer && answer.status < 500 ? this.#stay("refused", "") : this.#stay("offline");
    const { account, csrf } = await answer.json();
    if (account !== this.#form.dataset.account) return this.#stay("somebody-else");
    this.#csrf = csrf;
    for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = csrf;
    return true;
  }

  #stay(state, text = "") {
    this.#keepHere();
    this.#show(state, "", text);
    if (state !== "conflict" && state !== "refused") this.#retry(AGAIN);
    return false;
  }

  #retry(after = 0) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { if (this.state !== "saved") this.flush(); }, after);
  }

  #show(state, saved, text = "") {
    this.state = state;
    press.calm(() => this.#say(state, saved, text));
  }

  #say(state, saved, text) {
    this.#form.querySelector("[data-saved-at]").textContent = saved;
    for (const note of this.#form.querySelectorAll("[data-unsaved]")) {
      const wanted = note.dataset.unsaved === state && (state !== "refused" || text !== "");
      if (wanted && state === "refused") note.querySelector("span").textContent = text;
      if (note.hidden === wanted) note.hidden = !wanted;
    }
  }

  #kept() { return sessionStorage.getItem(this.#key); }
  #keepHere() { sessionStorage.setItem(this.#key, JSON.stringify({ values: this.#read(), revision: this.#revision })); }
  #forget() { sessionStorage.removeItem(this.#key); }
}
