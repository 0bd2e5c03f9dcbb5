// Draws the OpenAPI document with swagger-ui. Authorize with the token of POST /api/v1/tokens.
const place = document.getElementById("docs");

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// What swagger-ui leaves out for those who hear the page: a link inside a button, and a list without a name.
new MutationObserver(() => {
  for (const link of place.querySelectorAll(".opblock-summary-control a[href]")) link.removeAttribute("href");
  for (const list of place.querySelectorAll("#servers:not([aria-label])")) list.ariaLabel = "Server";
}).observe(place, { childList: true, subtree: true });

window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: false,
  persistAuthorization: false,
});
