// Draws the charts of the reports from the data beside them, in the colours of the page; the tables stay as they are.

const cards = [...document.querySelectorAll("[data-chart]")];
const drawn = [];

// The colours are those of the style sheet: asked for again when the theme changes, and in their light form for paper.
const palette = (scheme) => {
  const probe = document.createElement("span");
  probe.hidden = true;
  if (scheme) probe.style.colorScheme = scheme;
  document.querySelector("main").append(probe);
  const read = (name) => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
  const names = { first: "chart-first", second: "chart-second", third: "chart-third", quiet: "chart-quiet", text: "text", muted: "text-muted", grid: "border", red: "bad", aim: "good", surface: "surface" };
  const found = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, read(name)]));
  probe.remove();
  return found;
};

const faded = (colour) => colour.replace("rgb(", "rgba(").replace(")", ", 0.5)");

// The red line and the aim: drawn across the whole chart, with their words in the legend.
const lineSets = (data, colours) => data.lines.map((line) => ({
  type: "line", label: line.name, data: data.names.map(() => line.value), line: true,
  borderColor: line.kind === "red" ? colours.red : colours.aim, backgroundColor: "transparent",
  borderWidth: 2, borderDash: line.kind === "red" ? [6, 4] : [2, 3], pointRadius: 0, pointHitRadius: 0, pointStyle: "line", order: -1,
}));

const barSet = (series, colour, data) => ({
  label: series.name, data: series.values, shown: series.shown, ink: colour, borderRadius: 3, maxBarThickness: 32,
  backgroundColor: series.values.map((_, at) => (data.current === null || at === data.current ? colour : faded(colour))),
});

// A point beyond the red line is a square and red: shape and colour say it.
const lineSet = (series, colour, colours, dashed) => ({
  label: series.name, data: series.values, shown: series.shown, borderColor: colour, backgroundColor: colour, borderWidth: dashed ? 1.5 : 2.5, cubicInterpolationMode: "monotone", clip: false, spanGaps: true,
  borderDash: dashed ? [4, 3] : [], pointStyle: series.missed.map((missed) => (missed ? "rectRot" : "circle")),
  pointRadius: series.missed.map((missed) => (missed ? 6 : 3.5)), pointHoverRadius: 7,
  pointBackgroundColor: series.missed.map((missed) => (missed ? colours.red : colour)),
  pointBorderColor: series.missed.map((missed) => (missed ? colours.red : colour)),
});

const datasets = (data, colours) => {
  const inks = [colours.first, colours.second, colours.third];
  if (data.kind === "groups") {
    const across = data.lines.map((line) => ({ ...lineSets({ ...data, lines: [line] }, colours)[0], data: data.names.map((name) => ({ x: line.value, y: name })) }));
    return [barSet(data.series[0], colours.first, data), barSet(data.series[1], colours.quiet, data), ...across];
  }
  if (data.kind === "line") return [...data.series.map((series, at) => lineSet(series, inks[at], colours, at > 0)), ...lineSets(data, colours)];
  const asLine = data.series.length === 3 ? [{ ...lineSet(data.series[2], inks[2], colours, true), type: "line" }] : [];
  return [...asLine, ...data.series.slice(0, 2).map((series, at) => barSet(series, inks[at], data)), ...lineSets(data, colours)];
};

// In the legend a line looks as it is drawn, and a bar as it is filled.
const entries = (chart) => Chart.defaults.plugins.legend.labels.generateLabels(chart).map((entry) => {
  const set = chart.data.datasets[entry.datasetIndex];
  return set.ink ? { ...entry, pointStyle: "rectRounded", fillStyle: set.ink, lineWidth: 0 } : { ...entry, pointStyle: "line", lineDash: set.borderDash };
});

// `axis` is the unit around a number: "{number} %".
const options = (data, colours) => {
  const withUnit = function (value, at, all) { return data.axis.replace("{number}", Chart.Ticks.formatters.numeric.call(this, value, at, all)); };
  const numbers = { grid: { color: colours.grid }, border: { display: false }, beginAtZero: data.kind !== "line" || !data.percent, ticks: { color: colours.muted, maxTicksLimit: 6, callback: withUnit } };
  if (data.percent) numbers.suggestedMax = data.kind === "line" ? 100 : undefined;
  if (data.percent && data.kind === "line") numbers.suggestedMin = 80;
  const names = { grid: { display: false }, border: { color: colours.grid }, ticks: { color: colours.muted, autoSkip: data.kind !== "groups", maxRotation: 0 } };
  const lying = data.kind === "groups";
  return {
    responsive: true, maintainAspectRatio: false, animation: false, indexAxis: lying ? "y" : "x", locale: document.documentElement.lang,
    interaction: { mode: "index", intersect: false, axis: lying ? "y" : "x" },
    scales: lying ? { x: numbers, y: names } : { x: names, y: numbers },
    plugins: {
      legend: { position: "bottom", align: "start", labels: { color: colours.text, usePointStyle: true, pointStyleWidth: 20, boxHeight: 7, padding: 12, generateLabels: entries, sort: (one, other, { datasets }) => !!datasets[one.datasetIndex].line - !!datasets[other.datasetIndex].line || one.datasetIndex - other.datasetIndex } },
      tooltip: { filter: ({ dataset }) => !dataset.line, callbacks: { label: ({ dataset, dataIndex }) => `${dataset.label}: ${dataset.shown[dataIndex]}` } },
    },
  };
};

const draw = (card) => {
  const data = JSON.parse(card.querySelector("script").textContent);
  const colours = palette();
  card.hidden = false;
  if (data.kind === "groups") card.classList.toggle("short", data.names.length < 5);
  const chart = new Chart(card.querySelector("canvas"), { type: data.kind === "line" ? "line" : "bar", data: { labels: data.names, datasets: datasets(data, colours) }, options: options(data, colours) });
  drawn.push({ chart, data });
  const numbers = card.parentElement.querySelector("details.numbers");
  if (numbers) numbers.open = false;
};

const recolour = (scheme) => {
  const colours = palette(scheme);
  for (const { chart, data } of drawn) {
    chart.data.datasets = datasets(data, colours);
    Object.assign(chart.options, options(data, colours));
    chart.update("none");
  }
};

if (window.Chart && cards.length) {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  cards.forEach(draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => recolour());
  window.addEventListener("beforeprint", () => {
    for (const numbers of document.querySelectorAll("details.numbers")) numbers.open = true;
    recolour("light");
  });
  window.addEventListener("afterprint", () => {
    for (const numbers of document.querySelectorAll("details.numbers")) numbers.open = false;
    recolour();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
