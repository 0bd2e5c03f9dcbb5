// Draws a process with bpmn-js: labels in the reader's language, tokens, the path taken, problems.

const READABLE = 0.5, CLOSE = 0.75; // scales at which 11 px labels can hardly, and can well be read
const EVENT = 60; // what is narrower is an event: a task has room for its name

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

// light-dark() is resolved only where a property uses it.
function resolved(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value || colour(name);
}

function translate(elements, locale) {
  if (locale !== "zh") return;
  for (const element of Object.values(elements)) {
    const chinese = element.get?.("redress:nameZh");
    if (chinese) element.name = chinese;
  }
}

const ICONS = {
  user_task: '<circle cx="12" cy="8" r="3.5"/><path d="M5 20c.6-4 3.3-6 7-6s6.4 2 7 6"/>',
  timer: '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
  service_task: '<circle cx="12" cy="12" r="3"/><path d="M12 3.5v3M12 17.5v3M3.5 12h3M17.5 12h3"/>',
  message: '<rect x="3" y="5.5" width="18" height="13" rx="1.5"/><path d="m4 7 8 6 8-6"/>',
  called: '<rect x="3" y="8.5" width="7" height="7" rx="1.5"/><path d="M10 12h5"/><circle cx="18" cy="12" r="3"/>',
  incident: '<path d="M12 4 2.8 19.5h18.4L12 4Z"/><path d="M12 10v4.5M12 17v.2"/>',
};

function tokenBadge({ kind, url }, label, count) {
  const badge = document.createElement(url ? "a" : "span");
  if (url) Object.assign(badge, { href: url, tabIndex: -1, ariaHidden: "true" }); // the list beside the drawing has the same link
  badge.className = `token ${kind}`;
  badge.title = label;
  badge.innerHTML = `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">${ICONS[kind] ?? ""}</svg>`;
  if (count > 1) badge.append(String(count));
  return badge;
}

function showTokens(viewer, tokens) {
  const canvas = viewer.get("canvas"), overlays = viewer.get("overlays"), registry = viewer.get("elementRegistry");
  const groups = Map.groupBy(tokens.filter((t) => registry.get(t.element_id)), (t) => `${t.element_id} ${t.kind}`);
  for (const group of groups.values()) {
    const { element_id: id, kind } = group[0];
    canvas.addMarker(id, kind === "incident" ? "here-incident" : "here");
    const { width, height } = registry.get(id);
    const inside = width <= EVENT; // an event has its own name below it and that of its task above: the badge stands on its sign
    overlays.add(id, "token", { position: inside ? { top: height / 2, left: width / 2 } : { top: 0, left: width }, html: tokenBadge(group[0], group.map((t) => t.label).join("\n"), group.length) });
  }
}

function showPath(viewer, path) {
  const canvas = viewer.get("canvas"), registry = viewer.get("elementRegistry");
  for (const id of path.flows ?? []) if (registry.get(id)) canvas.addMarker(id, "path-taken");
  for (const id of path.elements ?? []) if (registry.get(id)) canvas.addMarker(id, "visited");
}

function select(viewer, id) {
  const element = viewer.get("elementRegistry").get(id);
  if (!element) return;
  if (viewer.get("canvas").zoom() < CLOSE) closeUp(viewer, id);
  else viewer.get("canvas").scrollToElement(element, 80);
  viewer.get("selection").select(element);
}

function showProblems(viewer, problems, root) {
  const canvas = viewer.get("canvas"), registry = viewer.get("elementRegistry");
  for (const problem of problems) {
    if (registry.get(problem.element)) canvas.addMarker(problem.element, `problem-${problem.severity}`);
  }
  for (const button of document.querySelectorAll("[data-select-element]")) {
    button.addEventListener("click", () => {
      for (const other of document.querySelectorAll("[data-select-element]")) other.ariaPressed = String(other === button);
      select(viewer, button.dataset.selectElement);
      root.scrollIntoView({ block: "nearest" });
    });
  }
}

// Everything in view with a little air around it, in the middle, never larger than life.
function fit(viewer) {
  const canvas = viewer.get("canvas"), { inner, outer } = canvas.viewbox();
  const air = 24;
  const scale = Math.min(1, outer.width / (inner.width + 2 * air), outer.height / (inner.height + 2 * air));
  const width = outer.width / scale, height = outer.height / scale;
  canvas.viewbox({ x: inner.x - (width - inner.width) / 2, y: inner.y - (height - inner.height) / 2, width, height });
  return scale;
}

// Where the whole is too small to read, the place that matters is shown instead.
function closeUp(viewer, id) {
  const canvas = viewer.get("canvas"), element = viewer.get("elementRegistry").get(id);
  if (!element) return;
  const { outer } = canvas.viewbox(), width = outer.width / CLOSE, height = outer.height / CLOSE;
  const at = element.waypoints ? element.waypoints[Math.floor(element.waypoints.length / 2)] : { x: element.x + element.width / 2, y: element.y + element.height / 2 };
  canvas.viewbox({ x: at.x - width / 2, y: at.y - height / 2, width, height });
}

function zoom(viewer, how) {
  if (how === "fit") fit(viewer);
  else viewer.get("zoomScroll").stepZoom(how === "in" ? 1 : -1);
}

async function draw(root) {
  const data = JSON.parse(root.querySelector("script").textContent);
  const viewer = new window.BpmnJS({
    container: root.querySelector(".canvas"),
    moddleExtensions: data.moddle ? { redress: data.moddle } : {},
    bpmnRenderer: { defaultFillColor: resolved("--surface"), defaultStrokeColor: resolved("--text"), defaultLabelColor: resolved("--text") },
  });
  viewer.on("import.parse.complete", ({ elementsById }) => translate(elementsById ?? {}, root.dataset.locale));
  const xml = data.xml ?? await (await fetch(data.url, { credentials: "same-origin" })).text();
  if (!xml.includes("BPMNDiagram")) return say(root, root.dataset.undrawn);
  await viewer.importXML(xml);
  const focus = data.focus ?? data.tokens?.[0]?.element_id;
  if (fit(viewer) < READABLE && focus) closeUp(viewer, focus);
  showPath(viewer, data.path ?? {});
  if (data.path?.flows.length) root.dataset.path = "yes"; // the rest is drawn paler
  showTokens(viewer, data.tokens ?? []);
  showProblems(viewer, data.problems ?? [], root);
  if (data.select) select(viewer, data.select);
  for (const button of root.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => zoom(viewer, button.dataset.zoom));
  root.dataset.drawn = "yes";
}

function fail(root, error) {
  console.error(error);
  say(root, root.dataset.failed);
}

function say(root, sentence) {
  const note = document.createElement("p");
  note.className = "failed";
  note.textContent = sentence;
  root.append(note);
}

// A library of many processes draws only what is looked at.
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    draw(target).catch((error) => fail(target, error));
  }
}, { rootMargin: "200px" });
const observe = (within) => { for (const root of within.querySelectorAll("[data-diagram]:not([data-drawn])")) seen.observe(root); };
observe(document);
document.addEventListener("htmx:afterSettle", () => observe(document)); // a part that came later
