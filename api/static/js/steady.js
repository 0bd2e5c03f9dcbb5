// While a hand is at work nothing moves by itself: a button that slides away between press and release meets nothing, and where a
// row has slid under a finger the click is for another one. What arrives meanwhile waits a moment and is then done as things stand.

const SETTLED_MS = 100; // what a field passes on when it is left is there a few frames later
const RESTS_MS = 250; // a hand that has aimed clicks sooner

class Press {
  #down = 0; // which press it is: a late end must not end the next one
  #presses = 0;
  #moved = -Infinity;
  #still = { may: () => !this.lasts, waiting: [] };
  #calm = { may: () => !this.lasts && performance.now() - this.#moved >= RESTS_MS, waiting: [] };
  #timer = 0;

  constructor() {
    const begin = () => { this.#down = ++this.#presses; };
    const end = () => this.#end(this.#down);
    const released = () => { // not every press becomes a click
      const press = this.#down;
      setTimeout(() => this.#end(press), SETTLED_MS);
    };
    const heard = {
      pointerdown: ({ button }) => { if (button === 0) begin(); }, // the menu that others open swallows their release
      pointerup: released,
      pointercancel: end,
      click: end,
      pointermove: ({ pointerType, buttons }) => {
        if (pointerType === "mouse") this.#moved = performance.now();
        if (!buttons) end(); // let go where nobody heard it: in a list that the browser draws, say
      },
      keydown: ({ key, repeat }) => { if (key !== " ") end(); else if (!repeat) begin(); }, // the space bar clicks when it is let go
      keyup: ({ key }) => { if (key === " ") released(); },
    };
    for (const [name, hears] of Object.entries(heard)) document.addEventListener(name, hears, true);
    window.addEventListener("blur", end);
  }

  get lasts() { return this.#down !== 0; }

  // Done as soon as nothing is pressed, at once as a rule: for what somebody asked for.
  still(does) { this.#wait(this.#still, does); }

  // Done as soon as the mouse rests, too: for what comes unasked, nobody is about to click then.
  calm(does) { this.#wait(this.#calm, does); }

  #wait({ may, waiting }, does) {
    if (may() && !waiting.length) return does();
    waiting.push(does);
    return this.#lookAgain();
  }

  #lookAgain() {
    clearTimeout(this.#timer);
    if (!this.lasts && (this.#still.waiting.length || this.#calm.waiting.length)) this.#timer = setTimeout(() => this.#catchUp(), SETTLED_MS);
  }

  #catchUp() {
    try {
      for (const { may, waiting } of [this.#still, this.#calm]) {
        while (waiting.length && may()) waiting.shift()();
      }
    } finally {
      this.#lookAgain();
    }
  }

  #end(press) {
    if (!press || press !== this.#down) return;
    this.#down = 0;
    this.#lookAgain();
  }
}

export const press = new Press();

// What a form has to say of its fields; while something is pressed it stays as it is.
export class Unsaid {
  #fields = new Set();

  // What is said of this field now; after the press it is looked at again.
  hold(instance, island) {
    if (!this.#fields.size) press.still(() => this.#say(island));
    this.#fields.add(named(instance));
    return within(island._getState().errors, [instance.id, ...Object.values(instance.indexes ?? {})]) ?? [];
  }

  // The fields that waited, checked with what they hold by then; a row that is gone by then is not.
  #say(island) {
    const fields = new Set(this.#fields), { data } = island._getState();
    this.#fields.clear();
    for (const instance of Object.values(island.get("formFieldInstanceRegistry").getAllKeyed())) {
      if (fields.has(named(instance))) island.get("viewerCommands").updateFieldInstanceValidation(instance, within(data, instance.valuePath));
    }
  }
}

const named = ({ id, indexes }) => JSON.stringify([id, ...Object.values(indexes ?? {})]);
const within = (tree, path) => path.reduce((branch, step) => branch?.[step], tree);

// What htmx fetched comes into the page then, too; a part that keeps itself fresh was not asked for.
document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr } }) => {
  const load = xhr.onload;
  xhr.onload = () => ("live" in elt.dataset ? press.calm(load) : press.still(load));
});
