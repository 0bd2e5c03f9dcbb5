// While a button or a finger is down a form says nothing new: the page would move under it, and the click would meet nothing.

const SETTLED_MS = 100; // what a field passes on when it is left is there a few frames later

const named = ({ id, indexes }) => JSON.stringify([id, ...Object.values(indexes ?? {})]);
const within = (tree, path) => path.reduce((branch, step) => branch?.[step], tree);

export class Press {
  #down = 0; // which press it is: a late end must not end the next one
  #presses = 0;
  #waiting = new Set();
  #after = [];

  constructor() {
    document.addEventListener("pointerdown", () => { this.#down = ++this.#presses; }, true);
    document.addEventListener("pointercancel", () => this.#end(this.#down), true);
    document.addEventListener("click", () => this.#end(this.#down), true);
    document.addEventListener("pointerup", () => { // not every press becomes a click
      const press = this.#down;
      setTimeout(() => this.#end(press), SETTLED_MS);
    }, true);
  }

  get lasts() { return this.#down !== 0; }

  // Called when a press is over, before what waited for it is said.
  over(does) { this.#after.push(does); }

  // What is said of this field now stays until the press is over; then it is looked at again.
  hold(instance, errors) {
    this.#waiting.add(named(instance));
    return within(errors, [instance.id, ...Object.values(instance.indexes ?? {})]) ?? [];
  }

  // The fields that waited, checked with what they hold by then; a row that is gone by then is not.
  sayThen(island) {
    this.over(() => {
      const waiting = new Set(this.#waiting), { data } = island._getState();
      this.#waiting.clear();
      for (const instance of Object.values(island.get("formFieldInstanceRegistry").getAllKeyed())) {
        if (waiting.has(named(instance))) island.get("viewerCommands").updateFieldInstanceValidation(instance, within(data, instance.valuePath));
      }
    });
  }

  #end(press) {
    if (!press || press !== this.#down) return;
    this.#down = 0;
    setTimeout(() => { if (!this.lasts) for (const does of this.#after) does(); }, SETTLED_MS);
  }
}
