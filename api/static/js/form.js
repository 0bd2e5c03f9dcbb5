// The deployed form drawn by form-js; drafts go to the server while typing, the server's problems come back to the fields.

const DRAFT_AFTER = 700;
const json = (form, name) => JSON.parse(form.querySelector(`script[data-${name}]`).textContent);

// form-js speaks English only; these are the same rules in the reader's language. The server checks everything again.
function rulesIn(words) {
  const empty = (value) => value === undefined || value === null || value === "" || value === false || (Array.isArray(value) && !value.length);
  const say = (text, limit) => text.replace("{limit}", limit);
  return (field, value) => {
    const wanted = field.validate ?? {}, found = [];
    if (empty(value)) return wanted.required ? [words.required] : [];
    if (field.type === "number" && Number.isNaN(Number(value))) found.push(words.number);
    if (wanted.min !== undefined && Number(value) < Number(wanted.min)) found.push(say(words.min, wanted.min));
    if (wanted.max !== undefined && Number(value) > Number(wanted.max)) found.push(say(words.max, wanted.max));
    if (wanted.minLength !== undefined && String(value).length < wanted.minLength) found.push(say(words.min_length, wanted.minLength));
    if (wanted.maxLength !== undefined && String(value).length > wanted.maxLength) found.push(say(words.max_length, wanted.maxLength));
    return found;
  };
}

function validator(rules) {
  function LocalValidator(registry) {
    this.validateField = rules;
    this.validateFieldInstance = ({ id }, value) => rules(registry.get(id) ?? {}, value);
  }
  LocalValidator.$inject = ["formFieldRegistry"];
  return { validator: ["type", LocalValidator] };
}

function components(schema) {
  return (schema.components ?? []).flatMap((one) => (one.key ? [one] : components(one)));
}

function showErrors(island, schema, errors) {
  const byId = {};
  for (const { id, key } of components(schema)) if (errors[key]) byId[id] = errors[key];
  if (Object.keys(byId).length) island._setState({ errors: byId });
}

// A problem goes as soon as it is mended: leaving the field would be too late, the page would move under the click that follows.
function forgetMended(island, rules) {
  const registry = island.get("formFieldRegistry");
  let before = { ...island._getState().data };
  island.on("changed", ({ data, errors }) => {
    const left = Object.entries(errors).filter(([id, said]) => {
      const field = registry.get(id);
      const touched = field && data[field.key] !== before[field.key];
      return said.length && (!touched || rules(field, data[field.key]).length);
    });
    before = { ...data };
    if (left.length < Object.keys(errors).length) island._setState({ errors: Object.fromEntries(left) });
  });
}

// Links of the error summary lead to the field, whoever drew it.
function nameFields(root, island) {
  for (const link of document.querySelectorAll('#errors a[href^="#field-"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const key = link.getAttribute("href").slice("#field-".length);
      const field = island.get("formFieldRegistry").getAll().find((one) => one.key === key);
      root.querySelector(`[id*="${CSS.escape(field?.id ?? key)}"]:is(input, select, textarea, [tabindex])`)?.focus();
    });
  }
}

function draftSaver(form, read) {
  const status = form.querySelector("[data-saved-at]");
  let timer = 0, saving = Promise.resolve(), last = "";
  async function save() {
    const body = JSON.stringify(read());
    if (body === last) return;
    const answer = await fetch(form.dataset.draft, {
      method: "PUT", body, keepalive: true, credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": form.dataset.csrf },
    }).catch(() => null);
    if (answer?.ok) last = body;
    status.textContent = answer?.ok ? form.dataset.saved.replace("{time}", (await answer.json()).saved) : form.dataset.notSaved;
  }
  const flush = () => { clearTimeout(timer); saving = saving.then(save); return saving; };
  return { soon() { clearTimeout(timer); timer = setTimeout(flush, DRAFT_AFTER); }, stop() { clearTimeout(timer); } };
}

async function mount(form) {
  const schema = json(form, "schema"), target = form.querySelector("[data-island]");
  const rules = rulesIn(json(form, "words")), readOnly = "readOnly" in form.dataset;
  const island = new window.FormViewer.Form({ container: target, properties: { readOnly }, debounce: false, additionalModules: [validator(rules)] });
  await island.importSchema(schema, json(form, "values"));
  form.querySelector("[data-plain]").remove();
  target.hidden = false;
  form.dataset.ready = "yes";
  if (readOnly) return;
  showErrors(island, schema, json(form, "errors"));
  nameFields(target, island);
  forgetMended(island, rules);
  const read = () => island._getSubmitData();
  const drafts = form.dataset.draft ? draftSaver(form, read) : null;
  island.on("changed", ({ data }) => { if (data && target.contains(document.activeElement)) drafts?.soon(); });
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "values" });
  form.append(hidden);
  form.addEventListener("submit", (event) => {
    const { data, errors } = island.submit();
    if (Object.keys(errors).length) {
      event.preventDefault();
      target.querySelector('.fjs-has-errors :is(input, select, textarea), [aria-invalid="true"]')?.focus();
      return;
    }
    drafts?.stop();
    hidden.value = JSON.stringify(data);
  });
  target.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    else if (event.key === "Enter" && event.target.matches("input:not([type=checkbox], [type=radio])")) event.preventDefault();
  });
}

document.querySelector("[data-focus]")?.focus();
for (const form of document.querySelectorAll("[data-task-form]")) mount(form).catch((error) => console.error(error));
