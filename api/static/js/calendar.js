// A click on a day turns it over in the two lists of the form: working, off, and for a weekend moved or not.

const form = document.querySelector("[data-year]");
const lists = { off: form.elements.days_off, moved: form.elements.working_days };
const SPAN = /^(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|–|—|-|~)\s*(\d{4}-\d{2}-\d{2}))?$/;

function days(field) {
  const found = new Set();
  for (const line of field.value.split("\n")) {
    const span = SPAN.exec(line.trim());
    if (!span) continue;
    for (let day = new Date(`${span[1]}T00:00Z`); day <= new Date(`${span[2] ?? span[1]}T00:00Z`); day.setUTCDate(day.getUTCDate() + 1)) {
      found.add(day.toISOString().slice(0, 10));
    }
  }
  return found;
}

const next = (day) => new Date(Date.parse(`${day}T00:00Z`) + 86_400_000).toISOString().slice(0, 10);

function write(field, found) {
  const spans = [];
  for (const day of [...found].sort()) {
    const last = spans.at(-1);
    if (last && next(last[1]) === day) last[1] = day;
    else spans.push([day, day]);
  }
  field.value = spans.map(([first, last]) => (first === last ? first : `${first} - ${last}`)).join("\n");
}

for (const cell of document.querySelectorAll("[data-day]")) {
  cell.addEventListener("click", () => {
    const off = days(lists.off);
    const moved = days(lists.moved);
    const { day } = cell.dataset;
    const weekend = [0, 6].includes(new Date(`${day}T00:00Z`).getUTCDay());
    const was = moved.has(day) ? "moved" : off.has(day) ? "off" : weekend ? "weekend" : "work";
    const becomes = { work: "off", off: weekend ? "weekend" : "work", weekend: "moved", moved: weekend ? "off" : "work" }[was];
    off.delete(day);
    moved.delete(day);
    if (becomes === "off") off.add(day);
    if (becomes === "moved") moved.add(day);
    write(lists.off, off);
    write(lists.moved, moved);
    cell.className = `day ${becomes} changed`;
  });
}
