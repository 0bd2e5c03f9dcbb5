// Who fits is fetched while somebody of the house is named in a field; the browser offers them. Without a script the first few are there.

const ASKED_AFTER = 120; // ms without a key

function enhance(field) {
  let waiting = 0;

  async function look() {
    const text = field.value.trim();
    let answer;
    try {
      answer = await fetch(`${field.dataset.people}?text=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
    } catch {
      return; // without a connection a name is typed to its end
    }
    if (!answer.ok || answer.redirected || field.value.trim() !== text) return;
    field.list.replaceChildren(...(await answer.json()).map((person) => new Option("", person)));
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if ([...field.list.options].every((option) => option.value !== field.value)) waiting = setTimeout(look, ASKED_AFTER); // one was taken
  });
}

for (const field of document.querySelectorAll("[data-people]")) enhance(field);
