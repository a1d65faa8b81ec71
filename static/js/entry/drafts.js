// Drafts: what has been typed goes to the server by itself, and stays in the browser until it has
// arrived.

import { post } from "./server.js";

const PAUSE = 1_500; // milliseconds after the last change
const RETRY = 30_000;

/** Entries kept in the browser, by name: {value, row, version}; lost with a full or barred store. */
class Shelf {
  constructor(key) {
    this.key = key;
  }

  /** {entries, time}, without entries where nothing (or nothing readable) is kept. */
  read() {
    try {
      const { entries, time } = JSON.parse(localStorage.getItem(this.key));
      const isEntry = ([, entry]) => typeof entry.value === "string" && typeof entry.row === "string";
      return { entries: new Map(Object.entries(entries).filter(isEntry)), time: String(time) };
    } catch {
      return { entries: new Map(), time: "" };
    }
  }

  /** Keep these entries and no others; whether that worked. */
  write(entries) {
    try {
      if (entries.size === 0) {
        localStorage.removeItem(this.key);
      } else {
        const time = new Intl.DateTimeFormat("ja-JP", { dateStyle: "short", timeStyle: "short" });
        const content = { entries: Object.fromEntries(entries), time: time.format(new Date()) };
        localStorage.setItem(this.key, JSON.stringify(content));
      }
      return true;
    } catch {
      return false;
    }
  }
}

/** Whether an answer refuses what was sent, so that sending it again would change nothing. */
function isFinal(status, message) {
  if (status === 401 || status === 408 || status === 429) return false;
  return status >= 400 && status < 500 && (status !== 403 || message !== "");
}

export class Drafts {
  #waiting = new Map(); // to be sent
  #aside = new Map(); // refused by the server, or of a row that has moved on: people decide
  #sending = null;
  #timer = 0;
  #isStopped = false;
  #isKeeping = false;

  /**
   * `tell(kind, details)` hears "saved" {time}, "offline", "failing" {status}, "signedOut" and
   * "refused" {status, message}, each but the first with isKept: whether the browser holds it.
   */
  constructor(form, tell) {
    this.form = form;
    this.url = form.dataset.draftUrl;
    this.tell = tell;
    this.shelf = new Shelf(this.url + (form.dataset.owner ? `#${form.dataset.owner}` : ""));
    this.left = this.shelf.read();
    this.#aside = new Map(this.left.entries);
  }

  #keep() {
    return this.shelf.write(new Map([...this.#aside, ...this.#waiting]));
  }

  /** The version of a row as this page shows it. */
  versionOf(row) {
    const field = this.form.elements[`${row}-version`];
    return field ? field.value : "";
  }

  /** Take a changed value in and send it soon. */
  add(name, value, row) {
    if (!this.url) return;
    this.#aside.delete(name);
    this.#waiting.set(name, { value, row, version: this.versionOf(row) });
    this.#keepSoon();
    this.#later(PAUSE);
  }

  /** Keep once for all that changes together, such as a pasted block. */
  #keepSoon() {
    if (this.#isKeeping) return;
    this.#isKeeping = true;
    queueMicrotask(() => {
      this.#isKeeping = false;
      this.#keep();
    });
  }

  /** Forget entries that were set aside. */
  drop(names) {
    names.forEach((name) => this.#aside.delete(name));
    this.#keep();
  }

  #later(pause) {
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => this.send(), pause);
  }

  /** Send no more: the form itself is on its way. What has not arrived stays in the browser. */
  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    if (this.#sending) this.#sending.abort.abort();
  }

  /** Go on after `stop`. */
  resume() {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    if (this.#waiting.size) this.#later(PAUSE);
  }

  /** Send what waits; while the page is `leaving` also beside a request that is under way. */
  async send({ leaving = false } = {}) {
    clearTimeout(this.#timer);
    const batch = new Map(this.#waiting);
    if (this.#sending) {
      for (const [name, entry] of this.#sending.batch) {
        if (batch.get(name) === entry) batch.delete(name);
      }
      if (!leaving) return; // its answer sends the rest
    }
    if (!this.url || this.#isStopped || batch.size === 0) return;
    const sending = { batch, abort: new AbortController() };
    this.#sending = sending;
    const answer = await post(this.form, this.url, this.#content(batch), {
      keepalive: true,
      signal: sending.abort.signal,
    });
    if (this.#sending === sending) this.#sending = null;
    if (!this.#isStopped) this.#hear(answer, batch);
  }

  #content(batch) {
    const fields = {};
    const versions = {};
    for (const [name, { value, row, version }] of batch) {
      fields[name] = value;
      versions[row] = version;
    }
    return { fields, versions };
  }

  #hear({ status, content }, batch) {
    const message = (content && typeof content.message === "string" && content.message) || "";
    if (status === 200 && content && "saved_at" in content) {
      this.#settle(batch);
      this.#keep();
      this.tell("saved", { time: String(content.saved_at) });
      if (this.#waiting.size) this.#later(PAUSE);
      return;
    }
    if (isFinal(status, message)) {
      // Sent again it would be refused again, and others with it.
      const rows = content && Array.isArray(content.rows) ? content.rows : null;
      for (const [name, entry] of this.#settle(batch)) {
        (rows && !rows.includes(entry.row) ? this.#waiting : this.#aside).set(name, entry);
      }
      this.tell("refused", { status, message, isKept: this.#keep() });
      if (this.#waiting.size) this.#later(PAUSE);
      return;
    }
    const isKept = this.#keep();
    if (status === 302 || status === 401 || status === 403) this.tell("signedOut", { isKept });
    else if (status === 0) this.tell("offline", { isKept });
    else this.tell("failing", { status, isKept });
    this.#later(RETRY);
  }

  /** Take out of the waiting entries what a batch held and nobody has changed since. */
  #settle(batch) {
    const settled = [...batch].filter(([name, entry]) => this.#waiting.get(name) === entry);
    settled.forEach(([name]) => this.#waiting.delete(name));
    return settled;
  }

  /** Send by itself when the network is back and when the person turns away. */
  watch() {
    addEventListener("online", () => this.send());
    addEventListener("blur", () => this.send());
    addEventListener("focus", () => this.send());
    addEventListener("pagehide", () => this.send({ leaving: true }));
    document.addEventListener("visibilitychange", () =>
      this.send({ leaving: document.visibilityState === "hidden" }),
    );
  }
}
