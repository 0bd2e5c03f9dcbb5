// Only the facts that the chosen remedy is worked out from; without JavaScript all of them are shown.

const form = document.querySelector("[data-claim]");
const remedy = form.elements.remedy_case;

function show() {
  const needs = (remedy.selectedOptions[0]?.dataset.needs ?? "").split(" ");
  for (const field of form.querySelectorAll("[data-fact]")) field.hidden = !needs.includes(field.dataset.fact);
}

remedy.addEventListener("change", show);
show();
document.querySelector("[data-focus]")?.focus();
