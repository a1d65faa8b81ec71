// The table as the other modules see it: rows, columns, and the one control of a cell.

const CONTROLS = "input:not([type=hidden]), select, textarea";

export const tableOf = (element) => element.closest("table[data-grid]");
export const rowOf = (element) => element.closest("tr[data-row]");
export const cellOf = (element) => element.closest("td[data-col]");

export const isTick = (control) => control.type === "checkbox";
export const isSelect = (control) => control.localName === "select";
export const isLong = (control) => control.localName === "textarea";
export const isLine = (control) => control.localName === "input" && !isTick(control);
export const isFigure = (control) => control.dataset.kind === "number";
export const isEditable = (control) => !control.disabled && !control.readOnly;

/** Every control of a form that stands in a grid and can be changed. */
export function controlsOf(form) {
  const cells = form.querySelectorAll("table[data-grid] tr[data-row] td[data-col]");
  return [...cells].map((cell) => cell.querySelector(CONTROLS)).filter(Boolean).filter(isEditable);
}

/** The rows of a table that can be seen, closed ones among them. */
export function rowsOf(table) {
  const rows = [...table.querySelectorAll("tr[data-row]")];
  return rows.filter((row) => row.getClientRects().length > 0);
}

/** The names of the columns that can be filled in, from left to right. */
export function columnsOf(table) {
  const cells = [...table.querySelectorAll("td[data-col]")];
  return [...new Set(cells.map((cell) => cell.dataset.col))];
}

/** The control of a row's column, null where the row has none. */
export function controlIn(row, column) {
  const cell = row.querySelector(`td[data-col="${CSS.escape(column)}"]`);
  return cell && cell.querySelector(CONTROLS);
}

/** The controls of a row that can be changed. */
export function controlsIn(row) {
  const controls = [...row.querySelectorAll("td[data-col]")].map((cell) =>
    cell.querySelector(CONTROLS),
  );
  return controls.filter(Boolean).filter(isEditable);
}

/** What the form would send for a control; "" for a box without a tick. */
export function valueOf(control) {
  if (isTick(control)) return control.checked ? control.value : "";
  return control.value.replaceAll("\r\n", "\n");
}

/** Fill a control in as if it had been typed, so that whoever listens hears of it. */
export function setValue(control, value) {
  if (valueOf(control) === value) return;
  if (isTick(control)) control.checked = value !== "";
  else control.value = value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

/** How a person would call the cell: its row's heading and its column. */
export function labelOf(control) {
  const own = control.getAttribute("aria-label");
  if (own) return own;
  const heading = rowOf(control).querySelector("th");
  return [heading && heading.textContent.trim(), cellOf(control).dataset.label || ""]
    .filter(Boolean)
    .join(" ");
}
