// Choosing files: dropped ones join the chosen ones, all are listed and can be taken out again, and what is too large is said at once.

const MEGABYTE = 1024 * 1024;

function sized(bytes) {
  const locale = document.documentElement.lang;
  if (bytes < MEGABYTE) return `${Math.max(1, Math.round(bytes / 1024)).toLocaleString(locale)} KB`;
  return `${(bytes / MEGABYTE).toLocaleString(locale, { maximumFractionDigits: 1 })} MB`;
}

export function enhance(box) {
  if (box.dataset.enhanced) return;
  box.dataset.enhanced = "yes";
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-chosen]");
  const error = box.querySelector("[data-files-error]");
  const { most, longest, tooMany, tooLarge, remove } = box.dataset;
  let chosen = [];

  const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

  function keep(files) {
    const fresh = [...files].filter((file) => !chosen.some((one) => same(one, file)));
    const large = fresh.filter((file) => file.size > Number(longest));
    chosen = [...chosen, ...fresh.filter((file) => !large.includes(file))];
    const over = chosen.length > Number(most);
    chosen = chosen.slice(0, Number(most));
    say([...large.map((file) => tooLarge.replace("{name}", file.name)), ...(over ? [tooMany] : [])]);
    show();
  }

  function say(sentences) {
    error.hidden = !sentences.length;
    error.textContent = sentences.join(" ");
  }

  function show() {
    const carrier = new DataTransfer();
    for (const file of chosen) carrier.items.add(file);
    input.files = carrier.files;
    list.replaceChildren(...chosen.map(row));
  }

  function row(file) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = file.name;
    const size = document.createElement("span");
    size.className = "muted small";
    size.textContent = sized(file.size);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = "×";
    button.setAttribute("aria-label", remove.replace("{name}", file.name));
    button.addEventListener("click", () => {
      chosen = chosen.filter((one) => one !== file);
      say([]);
      show();
      input.focus();
    });
    item.append(name, size, button);
    return item;
  }

  box.classList.add("live");
  input.addEventListener("change", () => keep(input.files));
  for (const name of ["dragenter", "dragover"]) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.add("over");
    });
  }
  box.addEventListener("dragleave", (event) => {
    if (!box.contains(event.relatedTarget)) box.classList.remove("over");
  });
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    keep(event.dataTransfer.files);
  });
}

export function enhanceAll(root = document) {
  for (const box of root.querySelectorAll("[data-files]")) enhance(box);
}

enhanceAll();
