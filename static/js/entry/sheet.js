// The entry sheet's comfort: moving, pasting, undoing, drafts, preview, and a word before leaving.
// Without it the sheet is an ordinary form. Its page gives (everything in [] may be left out):
//
//   form#entry-sheet[autocomplete=off] with data-draft-url, data-preview-url, data-saved-at
//     ("10:21" where the fields show a draft, else empty), [data-owner: the person's id, so that
//     what is kept in the browser is not offered to somebody else], [data-unsaved: the fields show
//     what was typed and refused]
//   p#entry-status[role=status][aria-live=polite] (moves to the buttons)
//   table.entry-grid[data-grid] tr[data-row=R]; in it th[scope=row], td[data-col=C] with one
//     control named R-C, input[type=hidden] named R-version, td[data-result] > output
//     a row without controls says why in data-closed
//   controls: [data-kind=number|text], [data-unit: where it is %, a pasted % is taken off],
//     [data-original: the value last saved, where a draft is shown; of a box its value or ""],
//     aria-label
//   td[data-label]: the column's name, shown where rows are cards
//   one element around button[name=do]: the bar that stays at the foot
//
// It sends JSON with X-CSRFToken. Drafts: {fields: {name: value}, versions: {row: version}}, a box
// without tick being ""; answers 200 {saved_at}, 409 (or another 4xx) {message, [rows: those refused;
// without it all that were sent]}. Preview: {fields: every field of the rows, rows: [row]}; answer
// {rows: {row: {text, warnings: [], error}}}.

import { cellOf, controlsOf, isFigure, isLine, isLong, labelOf, rowOf, setValue, valueOf } from "./cells.js";
import { Drafts } from "./drafts.js";
import { plain } from "./figures.js";
import { takePaste } from "./filling.js";
import { enter, isConverting, moveByKeys } from "./grid.js";
import { button, Notices } from "./notices.js";
import { Preview } from "./preview.js";
import { csrfToken } from "./server.js";
import { texts } from "./texts.js";
import { Steps } from "./undo.js";

const SUBMITTING = 20_000; // milliseconds until a second try is allowed

function start(form) {
  // A browser that fills old values back in would show them as if they were the saved ones.
  form.autocomplete = "off";
  const controls = controlsOf(form);
  const isOurs = new Set(controls);
  const loaded = new Map(controls.map((control) => [control, valueOf(control)]));
  const bar = form.querySelector("button[name=do]")?.parentElement ?? form;
  bar.classList.add("entry-actions");
  const notices = new Notices(bar, document.getElementById("entry-status"));
  const steps = new Steps(controls);
  const preview = new Preview(form);
  const drafts = new Drafts(form, (kind, details) => tellDraft(notices, kind, details));
  let isSubmitting = false;

  // What changes ---------------------------------------------------------------------------------

  function mark(control) {
    const { original = loaded.get(control) } = control.dataset;
    const cell = cellOf(control);
    if (valueOf(control) === original) delete cell.dataset.changed;
    else cell.dataset.changed = texts.changed; // its style sheet prints the word
  }

  const isDirty = () =>
    "unsaved" in form.dataset || controls.some((control) => valueOf(control) !== loaded.get(control));

  function changed(control) {
    mark(control);
    drafts.add(control.name, valueOf(control), rowOf(control).dataset.row);
    preview.add(rowOf(control));
    showSteps();
  }

  form.addEventListener("input", (event) => {
    if (isOurs.has(event.target) && !event.isComposing) changed(event.target);
  });
  form.addEventListener("compositionend", ({ target }) => {
    if (isOurs.has(target)) changed(target);
  });
  form.addEventListener("focusout", ({ target }) => {
    if (!isOurs.has(target)) return;
    if (isFigure(target) && steps.isOpen(target)) {
      setValue(target, plain(target.value, target.dataset.unit) ?? target.value);
    }
    steps.close();
    showSteps();
  });

  // Undoing --------------------------------------------------------------------------------------

  const goBack = () => show(steps.undo());
  const goOn = () => show(steps.redo());
  const undoButton = button(texts.undo, goBack);
  const redoButton = button(texts.redo, goOn);
  bar.append(undoButton, redoButton);

  function show(control) {
    if (control) enter(control);
    showSteps();
  }

  let isShowing = false;

  // Once for all that changes together: a pasted block may hold a thousand cells.
  function showSteps() {
    if (isShowing) return;
    isShowing = true;
    queueMicrotask(() => {
      isShowing = false;
      undoButton.disabled = !steps.canUndo;
      redoButton.disabled = !steps.canRedo;
    });
  }

  document.addEventListener("keydown", (event) => {
    const key = (event.key || "").toLowerCase();
    const isUndo = key === "z" && !event.shiftKey;
    const isRedo = key === "y" || (key === "z" && event.shiftKey);
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !(isUndo || isRedo)) return;
    const { target } = event;
    const isText = isLine(target) || isLong(target);
    // Texts outside the grid, and the one being typed, are undone by the browser.
    if (isConverting(event) || (isText && (!isOurs.has(target) || steps.isOpen(target)))) return;
    if (isRedo && !steps.canRedo) return;
    event.preventDefault();
    (isUndo ? goBack : goOn)();
  });

  // Pasting --------------------------------------------------------------------------------------

  document.addEventListener("paste", (event) => {
    const control = document.activeElement;
    if (!isOurs.has(control)) return;
    const around = (fill) => {
      steps.close();
      fill();
      steps.close();
      showSteps();
    };
    takePaste(event, control, around, (sentences) => notices.show("paste", sentences));
  });

  // Leaving and sending --------------------------------------------------------------------------

  addEventListener("beforeunload", (event) => {
    if (isSubmitting || !isDirty()) return;
    event.preventDefault();
    event.returnValue = true;
  });

  function setSubmitting(is) {
    isSubmitting = is;
    form.querySelectorAll("button[name=do]").forEach((element) => {
      element.toggleAttribute("data-busy", is);
    });
    if (is) drafts.stop();
    else drafts.resume();
  }

  form.addEventListener("submit", (event) => {
    if (isSubmitting) {
      event.preventDefault();
      return;
    }
    const token = form.elements.csrfmiddlewaretoken;
    if (token) token.value = csrfToken(form);
    setSubmitting(true);
    setTimeout(() => setSubmitting(false), SUBMITTING);
  });

  // Back to a page the browser had put by: what it shows may have been saved or changed since.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isSubmitting = true;
    location.reload();
  });

  // What the browser kept ------------------------------------------------------------------------

  function offer({ entries, time }) {
    const back = [];
    const aside = [];
    for (const [name, entry] of entries) {
      const control = controls.find((one) => one.name === name);
      const isSame = control && isAlike(control, entry.value);
      const hasMoved = entry.version !== drafts.versionOf(entry.row);
      if (isSame && hasMoved) drafts.drop([name]);
      else if (!control || hasMoved) aside.push({ name, control, ...entry });
      else back.push({ control, before: valueOf(control), value: entry.value });
    }
    if (back.length) {
      back.forEach(({ control, value }) => fillBack(control, value));
      const undo = () => {
        back.forEach(({ control, before }) => setValue(control, before));
        steps.close();
        showSteps();
      };
      notices.show("restored", [texts.restored(back.length, time)], {
        actions: [[texts.restoredBack, undo]],
      });
    }
    if (aside.length) offerAside(aside);
    steps.close();
    showSteps();
  }

  function fillBack(control, value) {
    if (valueOf(control) === value) changed(control);
    else setValue(control, value);
  }

  function offerAside(aside) {
    const open = aside.filter(({ control }) => control);
    const fill = () => {
      open.forEach(({ control, value }) => fillBack(control, value));
      steps.close();
      showSteps();
    };
    const drop = () => drafts.drop(aside.map(({ name }) => name));
    notices.show("aside", [texts.movedOn(aside.length)], {
      items: aside.map(({ name, control, value }) =>
        texts.entryOf(control ? labelOf(control) : name, value),
      ),
      actions: [...(open.length ? [[texts.movedOnFill, fill]] : []), [texts.movedOnDrop, drop]],
    });
  }

  moveByKeys(form);
  controls.forEach(mark);
  if ("unsaved" in form.dataset) {
    controls
      .filter((control) => (control.dataset.original ?? valueOf(control)) !== valueOf(control))
      .forEach(changed);
  }
  if (form.dataset.savedAt && !notices.status.textContent.trim()) {
    notices.setStatus("opened", texts.draftOpened(form.dataset.savedAt));
  }
  offer(drafts.left);
  drafts.watch();
  showSteps();
}

/** Whether a control shows what was typed, however it writes it. */
function isAlike(control, typed) {
  const read = (text) => (isFigure(control) ? plain(text, control.dataset.unit) : null) ?? text.trim();
  return read(valueOf(control)) === read(typed);
}

function tellDraft(notices, kind, { time, status, message, isKept }) {
  const kept = isKept ? texts.kept : texts.notKept;
  if (kind === "saved") {
    notices.setStatus("saved", texts.draftSaved(time));
  } else if (kind === "signedOut") {
    const link = document.createElement("a");
    link.href = location.href;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = texts.signIn;
    notices.setStatus("failed", texts.signedOut, kept, link, texts.signInThen);
  } else if (kind === "refused") {
    notices.setStatus("failed", message || texts.refused(status), kept);
  } else {
    notices.setStatus("failed", kind === "offline" ? texts.offline : texts.serverFails(status), kept);
  }
}

const form = document.getElementById("entry-sheet");
if (form) start(form);
