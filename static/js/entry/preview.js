// What the server makes of a row while it is typed: rate, judgement, warnings. Nothing waits for
// it, and an answer that is older than the row's last question is not shown.

import { controlsIn, isFigure, valueOf } from "./cells.js";
import { post } from "./server.js";
import { texts } from "./texts.js";

const PAUSE = 400; // milliseconds after the last change

export class Preview {
  #rows = new Set();
  #asked = new Map();
  #count = 0;
  #timer = 0;

  constructor(form) {
    this.form = form;
    this.url = form.dataset.previewUrl;
  }

  /** Ask about a row soon. */
  add(row) {
    const output = row.querySelector("[data-result] output");
    if (!this.url || !output) return;
    output.dataset.stale = "";
    this.#rows.add(row);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  async #ask() {
    const rows = [...this.#rows];
    const number = (this.#count += 1);
    const fields = {};
    this.#rows.clear();
    rows.forEach((row) => {
      this.#asked.set(row, number);
      controlsIn(row).forEach((control) => {
        fields[control.name] = valueOf(control);
      });
    });
    const content = { fields, rows: rows.map((row) => row.dataset.row) };
    const answer = await post(this.form, this.url, content);
    const found = (answer.status === 200 && answer.content && answer.content.rows) || null;
    rows
      .filter((row) => this.#asked.get(row) === number && !this.#rows.has(row))
      .forEach((row) => show(row, found ? found[row.dataset.row] : failed(), rows.length > 1));
  }
}

const failed = () => ({ text: texts.previewFails, warnings: [], error: "" });

function line(name, text) {
  const element = document.createElement("span"); // an output holds phrases, no paragraphs
  element.className = name;
  element.textContent = text;
  return element;
}

/** Show a row's answer; read aloud at once only where it is the one row somebody works on. */
function show(row, answer, isQuiet) {
  const output = row.querySelector("[data-result] output");
  const { text = "", warnings = [], error = "" } = answer || {};
  if (isQuiet) output.setAttribute("aria-live", "off");
  else output.removeAttribute("aria-live");
  delete output.dataset.stale;
  const complaints = document.createElement("span");
  complaints.id = `${row.dataset.row}-complaints`;
  if (error) complaints.append(line("entry-error", error));
  warnings.forEach((warning) => complaints.append(line("entry-warning", warning)));
  output.replaceChildren(...[text && line("entry-text", text)].filter(Boolean), complaints);
  const controls = controlsIn(row);
  describe(controls.find(isFigure) || controls[0], complaints);
}

function describe(control, complaints) {
  if (!control) return;
  const ids = new Set((control.getAttribute("aria-describedby") || "").split(/\s+/).filter(Boolean));
  if (complaints.childElementCount) ids.add(complaints.id);
  else ids.delete(complaints.id);
  if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" "));
  else control.removeAttribute("aria-describedby");
}
