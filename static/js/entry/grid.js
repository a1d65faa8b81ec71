// Moving in the grid by keyboard as in a spreadsheet. What a key means inside a text, an open
// list or the conversion of Japanese input stays the browser's.

import {
  columnsOf, controlIn, controlsIn, isEditable, isLine, isLong, isSelect, isTick, rowOf, rowsOf,
  tableOf, cellOf,
} from "./cells.js";

const OPEN = CSS.supports("selector(:open)") ? ":open" : null;

/** Whether a key belongs to the conversion of Japanese input (Enter fixes it). */
export const isConverting = (event) => event.isComposing || event.keyCode === 229;

function below(control, step) {
  const column = cellOf(control).dataset.col;
  const rows = rowsOf(tableOf(control));
  for (let at = rows.indexOf(rowOf(control)) + step; rows[at]; at += step) {
    const other = controlIn(rows[at], column);
    if (other && isEditable(other)) return other;
  }
  return null;
}

function beside(control, step) {
  const controls = controlsIn(rowOf(control));
  return controls[controls.indexOf(control) + step] || null;
}

function isAtEdge(control, step) {
  const { selectionStart: start, selectionEnd: end, value } = control;
  const isWhole = start === 0 && end === value.length;
  // A line that has just been entered is selected: the arrow leaves it again.
  if (isWhole && (isLine(control) || value === "")) return true;
  return start === end && start === (step < 0 ? 0 : value.length);
}

/** Where a key leads from a control: another control, undefined for nowhere, null if not ours. */
function target(event, control) {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
  const isList = isSelect(control) || Boolean(control.list);
  if (isSelect(control) && OPEN && control.matches(OPEN)) return null;
  if (key === "Enter") {
    if (isLong(control) && !(altKey || ctrlKey || metaKey)) return null;
    return below(control, shiftKey ? -1 : 1) || undefined;
  }
  if (altKey || metaKey || shiftKey) return null;
  if (key === "ArrowDown" || key === "ArrowUp") {
    if ((isList || isLong(control)) && !ctrlKey) return null;
    return below(control, key === "ArrowUp" ? -1 : 1) || undefined;
  }
  if ((key === "ArrowLeft" || key === "ArrowRight") && !ctrlKey && !isSelect(control)) {
    const step = key === "ArrowLeft" ? -1 : 1;
    return isTick(control) || isAtEdge(control, step) ? beside(control, step) || undefined : null;
  }
  return null;
}

/** Go to a control as one does by keyboard: its line selected, and in view. */
export function enter(control) {
  control.focus();
  if (isLine(control)) control.select();
}

/** Let the keys move between the cells of the form's grids; Enter never sends the form. */
export function moveByKeys(form) {
  form.addEventListener("keydown", (event) => {
    const control = event.target;
    if (isConverting(event) || event.defaultPrevented || !control.matches("input, select, textarea")) {
      return;
    }
    if (!cellOf(control)) {
      if (event.key === "Enter" && isLine(control) && control.type !== "submit") {
        event.preventDefault();
      }
      return;
    }
    if (event.key === "F2" && isLine(control)) {
      control.setSelectionRange(control.value.length, control.value.length);
      event.preventDefault();
      return;
    }
    const next = target(event, control);
    if (next === null) return;
    event.preventDefault();
    if (next) enter(next);
  });

  form.addEventListener("focusin", ({ target: control }) => {
    if (cellOf(control) && isLine(control)) control.select();
  });
  // The mouse puts its own mark after the focus: the first click selects, the second places it.
  let entered = null;
  form.addEventListener("mousedown", ({ target: control }) => {
    const isNew = control !== document.activeElement && cellOf(control) && isLine(control);
    entered = isNew ? control : null;
  });
  form.addEventListener("click", ({ target: control }) => {
    if (control === entered && control.selectionStart === control.selectionEnd) control.select();
    entered = null;
  });
}

/** The columns of a control's table from its own on. */
export function columnsFrom(control) {
  const columns = columnsOf(tableOf(control));
  return columns.slice(columns.indexOf(cellOf(control).dataset.col));
}

/** The rows of a control's table from its own on. */
export function rowsFrom(control) {
  const rows = rowsOf(tableOf(control));
  return rows.slice(rows.indexOf(rowOf(control)));
}
