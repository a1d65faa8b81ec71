// What has been done across cells, step by step. Within a cell being typed the browser undoes.

import { setValue, valueOf } from "./cells.js";

export class Steps {
  #done = [];
  #undone = [];
  #known = new Map();

  /** Remember the controls as they stand. */
  constructor(controls) {
    controls.forEach((control) => this.#known.set(control, valueOf(control)));
  }

  get canUndo() {
    return this.#done.length > 0 || this.#open(this.#known.keys()).length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  #open(controls) {
    return [...controls]
      .filter((control) => this.#known.has(control))
      .map((control) => ({ control, before: this.#known.get(control), after: valueOf(control) }))
      .filter(({ before, after }) => before !== after);
  }

  /** Whether a control holds something that is not a step yet. */
  isOpen(control) {
    return this.#open([control]).length > 0;
  }

  /** Make one step of all that has changed since the last one, in any cell. */
  close() {
    const changes = this.#open(this.#known.keys());
    if (changes.length === 0) return;
    changes.forEach(({ control, after }) => this.#known.set(control, after));
    this.#done.push(changes);
    this.#undone = [];
  }

  #apply(changes, side) {
    changes.forEach((change) => {
      setValue(change.control, change[side]);
      this.#known.set(change.control, valueOf(change.control));
    });
    return changes[0].control;
  }

  /** Take the last step back; the first of its controls, null where there is no step. */
  undo() {
    this.close();
    const changes = this.#done.pop();
    if (!changes) return null;
    this.#undone.push(changes);
    return this.#apply(changes, "before");
  }

  /** Do the step again that was taken back last; the first of its controls, or null. */
  redo() {
    if (this.#open(this.#known.keys()).length > 0) this.close();
    const changes = this.#undone.pop();
    if (!changes) return null;
    this.#done.push(changes);
    return this.#apply(changes, "after");
  }
}
