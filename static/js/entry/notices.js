// What the sheet has to say, beside its buttons, where it is in view from every row.

import { texts } from "./texts.js";

export function button(text, action) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button entry-button";
  element.textContent = text;
  element.addEventListener("click", action);
  return element;
}

export class Notices {
  /** `bar` is what holds the sheet's buttons; the status line moves there too. */
  constructor(bar, status) {
    this.status = status;
    this.box = document.createElement("div");
    this.box.className = "entry-notices";
    this.box.setAttribute("role", "status");
    this.box.setAttribute("aria-live", "polite");
    bar.prepend(this.box, status);
  }

  /** Set the status line: texts and elements, and the state that its look shows. */
  setStatus(state, ...content) {
    this.status.dataset.state = state;
    this.status.replaceChildren(...content);
  }

  /**
   * Show sentences under a name, in place of what was shown under it; `items` become a list,
   * `actions` ([text, function] each) buttons that also close it.
   */
  show(name, sentences, { items = [], actions = [] } = {}) {
    this.close(name);
    const notice = document.createElement("div");
    notice.className = "entry-notice";
    notice.dataset.notice = name;
    const text = document.createElement("p");
    text.textContent = sentences.join("");
    notice.append(text);
    if (items.length) {
      const list = document.createElement("ul");
      items.forEach((item) => {
        const line = document.createElement("li");
        line.textContent = item;
        list.append(line);
      });
      notice.append(list);
    }
    actions.forEach(([label, action]) => {
      notice.append(
        button(label, () => {
          this.close(name);
          action();
        }),
      );
    });
    notice.append(button(texts.close, () => this.close(name)));
    this.box.append(notice);
  }

  close(name) {
    this.box.querySelector(`[data-notice="${name}"]`)?.remove();
  }
}
