// Secrets that are shown once are copied with one press; what is wrong in a form is where reading begins.

import "./people.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  if (navigator.clipboard) button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.parentElement.querySelector("[data-copy-said]").textContent = field.dataset.copied;
  });
  field.addEventListener("focus", () => field.select());
}

document.querySelector("[data-focus]")?.focus();
