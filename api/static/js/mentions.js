// Who may see the case is suggested behind an @ while typing: arrows choose, Enter or Tab take, Escape leaves.

const ASKED_AFTER = 120; // ms without a key

export function enhance(field, list) {
  let people = [];
  let active = -1;
  let waiting = 0;
  let stale = false; // something was typed since these were asked for
  let taking = false; // Enter came before those who fit: the first of them is meant

  const open = () => !list.hidden;

  function asked() {
    const before = field.value.slice(0, field.selectionStart);
    const found = /(?:^|[^\w.@-])@([^\s@]{0,30})$/u.exec(before);
    return found ? found[1] : null;
  }

  async function look() {
    const text = asked();
    if (text === null) {
      close();
      return;
    }
    let found = [];
    try {
      const answer = await fetch(`${field.dataset.mentions}?text=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected) found = await answer.json();
    } catch { // without a connection a name is typed to its end
    }
    if (asked() !== text) return; // asked again by now
    people = found;
    active = people.length ? 0 : -1;
    stale = false;
    show();
    if (taking && people.length) take(people[0]);
    taking = false;
  }

  function show() {
    list.hidden = !people.length;
    list.replaceChildren(...people.map((person, number) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${number}`;
      item.role = "option";
      item.ariaSelected = String(number === active);
      const name = document.createElement("strong");
      name.textContent = person.name;
      const id = document.createElement("span");
      id.className = "muted small";
      id.textContent = person.id;
      item.append(name, id);
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(person);
      });
      return item;
    }));
    if (active >= 0) field.setAttribute("aria-activedescendant", `${list.id}-${active}`);
    else field.removeAttribute("aria-activedescendant");
  }

  function close() {
    people = [];
    active = -1;
    stale = taking = false;
    show();
  }

  function take(person) {
    const end = field.selectionStart;
    const start = field.value.lastIndexOf("@", end - 1);
    field.setRangeText(`@${person.insert} `, start, end, "end");
    close();
    field.focus();
  }

  function choose() {
    if (stale) taking = true;
    else take(people[active]);
  }

  field.addEventListener("input", () => {
    stale = true;
    clearTimeout(waiting);
    waiting = setTimeout(look, ASKED_AFTER);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (!open()) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) active = (active + step + people.length) % people.length;
    else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "Tab") choose();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (step) show();
  });
}
