// The deployed form drawn by form-js; drafts go to the server while typing, the server's problems come back to the fields.

import { signInAgain } from "./again.js";
import { Drafts } from "./draft.js";
import { Unsaid, press } from "./steady.js";

const json = (form, name) => JSON.parse(form.querySelector(`script[data-${name}]`).textContent);

// form-js speaks English only; these are the same rules in the reader's language. The server checks everything again.
function rulesIn(words) {
  const empty = (field, value) => value === undefined || value === null || value === "" || (field.type === "checkbox" && value === false) || (Array.isArray(value) && !value.length);
  const say = (text, limit) => text.replace("{limit}", limit);
  return (field, value) => {
    const wanted = field.validate ?? {}, found = [];
    if (empty(field, value)) return wanted.required ? [words.required] : [];
    if (field.type === "number" && Number.isNaN(Number(value))) found.push(words.number);
    if (wanted.min !== undefined && Number(value) < Number(wanted.min)) found.push(say(words.min, wanted.min));
    if (wanted.max !== undefined && Number(value) > Number(wanted.max)) found.push(say(words.max, wanted.max));
    if (wanted.minLength !== undefined && String(value).length < wanted.minLength) found.push(say(words.min_length, wanted.minLength));
    if (wanted.maxLength !== undefined && String(value).length > wanted.maxLength) found.push(say(words.max_length, wanted.maxLength));
    return found;
  };
}

function validator(rules) {
  const unsaid = new Unsaid();
  function LocalValidator(registry, island) {
    this.validateField = rules;
    this.validateFieldInstance = (one, value) => (press.lasts ? unsaid.hold(one, island) : rules(registry.get(one.id) ?? {}, value));
  }
  LocalValidator.$inject = ["formFieldRegistry", "form"];
  return { validator: ["type", LocalValidator] };
}

// Every field by its name; one in a row of a list is `list.key`, whatever the row.
function fieldsOf(schema, before = "") {
  return (schema.components ?? []).flatMap((one) => {
    if (one.type === "dynamiclist") return [[before + one.path, one], ...fieldsOf(one, `${before}${one.path}.`)];
    return one.key ? [[before + one.key, one]] : fieldsOf(one, before);
  });
}

// `shares.0.department` is the field `shares.department` in the first row; form-js keeps errors by field, then by row.
function place(name, fields) {
  const parts = name.split("."), rows = parts.filter((part) => /^\d+$/.test(part)).map(Number);
  return { field: fields.get(parts.filter((part) => !/^\d+$/.test(part)).join(".")), rows };
}

const isSaid = (errors) => Array.isArray(errors) && (!errors.length || typeof errors[0] === "string");

function put(errors, { field, rows }, said) {
  let into = errors, step = field.id;
  for (const row of rows) {
    into[step] ??= [];
    into = into[step];
    step = row;
  }
  into[step] = said;
}

function showErrors(island, fields, errors) {
  const byId = {};
  for (const [name, said] of Object.entries(errors)) {
    const found = place(name, fields);
    if (found.field && found.field.type !== "dynamiclist") put(byId, found, said);
  }
  if (Object.keys(byId).length) island._setState({ errors: byId });
}

// form-js shows no problem of a list as a whole; it stands below the list until the list is changed.
function showListErrors(root, island, fields, errors) {
  for (const [name, said] of Object.entries(errors)) {
    const { field, rows } = place(name, fields);
    const list = field?.type === "dynamiclist" && !rows.length && root.querySelector(`.fjs-form-field-dynamiclist:has(> label[id$="${field.id}-label"]), .fjs-form-field-dynamiclist[aria-labelledby*="${field.id}"]`);
    if (!list) continue;
    const note = Object.assign(document.createElement("div"), { className: "fjs-form-field-error list-error", id: `list-error-${field.id}` });
    note.setAttribute("role", "alert");
    note.textContent = said.join(" ");
    list.after(note);
    const before = JSON.stringify(island._getState().data[field.path]);
    island.on("changed", ({ data }) => { if (JSON.stringify(data[field.path]) !== before) note.remove(); });
  }
}

// A problem goes as soon as it is mended: leaving the field would be too late, the page would move under the click that follows.
function forgetMended(island, rules) {
  const registry = island.get("formFieldRegistry");
  let before = structuredClone(island._getState().data);
  const left = (field, said, now, was) => {
    if (isSaid(said)) return said.length && (now === was || rules(field, now).length) ? said : [];
    return said.map((one, row) => (one ? left(field, one, now?.[row]?.[field.key], was?.[row]?.[field.key]) : one));
  };
  const any = (said) => (isSaid(said) ? said.length > 0 : said.some((one) => one && any(one)));
  const forget = ({ data, errors }) => {
    if (press.lasts) return press.still(() => forget(island._getState()));
    let mended = false;
    const kept = {};
    for (const [id, said] of Object.entries(errors)) {
      const field = registry.get(id), list = field && registry.get(field._parent);
      const name = list?.type === "dynamiclist" ? list.path : field?.key;
      const still = field ? left(field, said, data[name], before[name]) : said;
      if (any(still)) kept[id] = still;
      mended ||= JSON.stringify(still) !== JSON.stringify(said);
    }
    before = structuredClone(data);
    return mended && island._setState({ errors: kept });
  };
  island.on("changed", forget);
}

// Links of the error summary lead to the field, whoever drew it.
function nameFields(root, fields) {
  for (const link of document.querySelectorAll('#errors a[href^="#field-"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const { field, rows } = place(decodeURIComponent(link.hash.slice("#field-".length)), fields);
      if (!field) return;
      const inputs = root.querySelectorAll(`[id*="${CSS.escape(field.id)}"]:is(input, select, textarea, [tabindex])`);
      const list = document.getElementById(`list-error-${field.id}`);
      if (list) list.scrollIntoView({ block: "center" });
      else (inputs[rows[0] ?? 0] ?? inputs[0])?.focus();
    });
  }
}

// The choices of a question belong together, under its name.
function named(group) {
  const label = group.querySelector("label");
  label.id ||= `${group.querySelector("input").id}-question`;
  group.setAttribute("role", group.matches(".fjs-form-field-radio") ? "radiogroup" : "group");
  group.setAttribute("aria-labelledby", label.id);
}

// The few words that form-js brings along, in the reader's language; they come and go with rows and lists.
function translate(root, words) {
  const say = () => {
    for (const add of root.querySelectorAll(".fjs-repeat-render-add")) {
      if (add.lastChild?.nodeType === Node.TEXT_NODE && add.lastChild.data !== words.add) add.lastChild.data = words.add;
    }
    for (const remove of root.querySelectorAll(".fjs-repeat-row-remove")) {
      const text = words.remove.replace("{n}", remove.ariaLabel.match(/\d+/)?.[0] ?? "");
      if (remove.ariaLabel !== text) remove.ariaLabel = text;
    }
    for (const empty of root.querySelectorAll(".fjs-select-placeholder")) {
      const text = empty.firstChild; // form-js goes on with this very node: the choice is written into it
      if (text && text.data !== words.choose) text.data = words.choose;
    }
    for (const group of root.querySelectorAll(":is(.fjs-form-field-radio, .fjs-form-field-checklist):not([role])")) named(group);
    for (const [arrow, text] of [["up", words.more], ["down", words.less]]) {
      for (const button of root.querySelectorAll(`.fjs-number-arrow-${arrow}`)) if (button.ariaLabel !== text) button.ariaLabel = text;
    }
    for (const search of root.querySelectorAll('.fjs-taglist-input[placeholder="Search"]')) search.placeholder = words.search;
  };
  say();
  new MutationObserver(say).observe(root, { childList: true, subtree: true });
}

// What was typed over what the page came with: a field that was emptied stays empty.
function typedOver(values, typed, schema) {
  const editable = new Set((function names(within) {
    return (within.components ?? []).flatMap((one) => (one.readonly || one.disabled ? [] : one.key || one.path ? [one.path ?? one.key] : names(one)));
  })(schema));
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !editable.has(name)));
  return { ...rest, ...Object.fromEntries(Object.entries(typed).filter(([name]) => editable.has(name))) };
}

// Both sides of two windows that disagree, in a dialog; choosing sends it, and the page comes back with what was chosen.
function comparing(form) {
  const dialog = document.querySelector("[data-sides]");
  form.querySelector("[data-compare]").addEventListener("click", () => dialog.showModal());
  return (html) => {
    dialog.innerHTML = html;
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("form").addEventListener("submit", () => sessionStorage.removeItem(`redress:typed:${form.dataset.account}:${form.dataset.task}`));
  };
}

// form-js marks its fields with the next frame.
function focusFirstError(target) {
  requestAnimationFrame(() => setTimeout(() => target.querySelector('.fjs-has-errors :is(input, select, textarea), [aria-invalid="true"]')?.focus()));
}

function send(form, values) {
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "values" });
  hidden.value = JSON.stringify(values);
  form.append(hidden);
  form.submit();
}

// Sent only when everything is saved and the session lives; a refusal of the server comes back with the page.
async function complete(form, values, drafts, askToSignIn) {
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  const state = drafts ? await drafts.settle() : "saved";
  delete form.dataset.sending;
  if (state === "saved" || state === "refused") send(form, values);
  else if (state === "signed-out") press.still(() => askToSignIn(() => form.requestSubmit()));
}

function saving(form, target, island) {
  if (!form.dataset.draft) return [null, null];
  const drafts = new Drafts(form, () => island._getSubmitData(), comparing(form));
  const askToSignIn = signInAgain(document.querySelector("[data-again]"), drafts);
  form.querySelector("[data-sign-in]").addEventListener("click", () => askToSignIn());
  island.on("changed", ({ data }) => { if (data && target.contains(document.activeElement)) drafts.typed(); });
  return [drafts, askToSignIn];
}

async function mount(form) {
  const schema = json(form, "schema"), target = form.querySelector("[data-island]"), words = json(form, "words"), errors = json(form, "errors");
  const fields = new Map(fieldsOf(schema)), rules = rulesIn(words), readOnly = "readOnly" in form.dataset;
  const left = form.dataset.draft ? Drafts.leftHere(form) : null, values = json(form, "values");
  const island = new window.FormViewer.Form({ container: target, properties: { readOnly }, debounce: false, additionalModules: [validator(rules)] });
  await island.importSchema(schema, left ? typedOver(values, left.values, schema) : values);
  await new Promise((go) => press.still(go));
  for (const plain of form.querySelectorAll("[data-plain]")) plain.remove();
  target.hidden = false;
  translate(target, words);
  form.dataset.ready = "yes";
  if (readOnly) return;
  showErrors(island, fields, errors);
  showListErrors(target, island, fields, errors);
  nameFields(target, fields);
  forgetMended(island, rules);
  const [drafts, askToSignIn] = saving(form, target, island);
  if (left) drafts.goOn(left);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { data, errors: found } = island.submit();
    if (Object.keys(found).length) focusFirstError(target);
    else complete(form, data, drafts, askToSignIn);
  });
  target.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input:not([type=checkbox], [type=radio])")) event.preventDefault();
  });
}

// On a phone the form comes before the facts: they open when asked for.
if (matchMedia("(max-width: 799px)").matches) for (const facts of [...document.querySelectorAll("details.about")].slice(1)) facts.open = false;

document.querySelector("[data-focus]")?.focus();
for (const form of document.querySelectorAll("[data-task-form]")) mount(form).catch((error) => console.error(error));
