// Draws the OpenAPI document with swagger-ui. Authorize with the token of POST /api/v1/tokens.
const place = document.getElementById("docs");

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
