// A pasted block in the grid: from the cell in hand to the right and down. What does not fit is
// counted, never dropped in silence.

import {
  controlIn, isEditable, isFigure, isLine, isLong, isSelect, isTick, setValue,
} from "./cells.js";
import { columnsFrom, rowsFrom } from "./grid.js";
import { folded, plain } from "./figures.js";
import { figureFor, isBlock, optionFor, parseBlock, tickFor } from "./paste.js";
import { texts } from "./texts.js";

const SAMPLES = 3;

const isBlank = (text) => text.trim() === "";

/** The value a control gets for a pasted text, null where it has no such choice. */
function valueFor(control, text) {
  if (isSelect(control)) return optionFor([...control.options], text);
  if (isTick(control)) {
    const tick = tickFor(text);
    return tick === null ? null : tick ? control.value : "";
  }
  if (isFigure(control)) return figureFor(text, control.dataset.unit);
  return isLine(control) ? text.replaceAll("\n", " ") : text;
}

/** Whether a text stands in a figure's cell and is none. */
export function isNoFigure(control, text) {
  return isFigure(control) && plain(text, control.dataset.unit) === null && folded(text) !== "";
}

/**
 * Fill the block in from `start` on. Returns what happened: the numbers of cells `filled`, of
 * those `outside` (in `rowsBelow` and `columnsBeside`) and `locked`, the reasons of `closed` rows,
 * and the texts that are `noOption` or `noFigure`.
 */
export function fill(start, block) {
  const rows = rowsFrom(start);
  const columns = columnsFrom(start);
  const result = {
    filled: 0, outside: 0, rowsBelow: 0, columnsBeside: 0, locked: 0,
    closed: [], noOption: [], noFigure: [],
  };
  block.forEach((line, down) => {
    const row = rows[down];
    const lost = line.slice(row ? columns.length : 0).filter((text) => !isBlank(text)).length;
    result.outside += lost;
    if (!row) {
      if (lost) result.rowsBelow += 1;
      return;
    }
    if (lost) result.columnsBeside = Math.max(result.columnsBeside, line.length - columns.length);
    if ("closed" in row.dataset) {
      result.closed.push(row.dataset.closed);
      return;
    }
    line.slice(0, columns.length).forEach((text, right) => {
      const control = controlIn(row, columns[right]);
      if (!control || !isEditable(control)) {
        if (!isBlank(text)) result.locked += 1;
        return;
      }
      const value = valueFor(control, text);
      if (value === null) {
        result.noOption.push(text);
        return;
      }
      if (isNoFigure(control, text)) result.noFigure.push(text);
      setValue(control, value);
      result.filled += 1;
    });
  });
  return result;
}

function samplesOf(found) {
  const shown = [...new Set(found)].slice(0, SAMPLES).map((text) => `「${text.slice(0, 20)}」`);
  return shown.join("") + (new Set(found).size > SAMPLES ? "など" : "");
}

/** What is said about a filled block: [text, whether it is a warning] of each sentence. */
function report(block, result) {
  const columns = Math.max(...block.map((line) => line.length));
  const said = [
    result.filled ? texts.pasted(result.filled, block.length, columns) : texts.pastedNothing,
  ];
  if (result.closed.length) {
    const reasons = [...new Set(result.closed)].filter(Boolean).join("・");
    said.push(texts.closedRows(result.closed.length, reasons));
  }
  if (result.outside) {
    said.push(texts.outside(result.outside, result.rowsBelow, result.columnsBeside));
  }
  if (result.locked) said.push(texts.locked(result.locked));
  if (result.noOption.length) {
    said.push(texts.noOption(result.noOption.length, samplesOf(result.noOption)));
  }
  if (result.noFigure.length) {
    said.push(texts.noFigure(result.noFigure.length, samplesOf(result.noFigure)));
  }
  return said;
}

/**
 * Take a paste event over where it holds a block of cells. `around` runs the filling (as one step
 * that can be undone), `say` gets the sentences that tell what happened.
 */
export function takePaste(event, start, around, say) {
  const text = event.clipboardData.getData("text/plain");
  if (!text) return;
  const html = event.clipboardData.getData("text/html");
  const block = parseBlock(text);
  const isText = isLine(start) || isLong(start);
  if (isText && !isBlock(text, html, isLong(start))) {
    // One cell: the browser's own paste, unless a spreadsheet's quotes are to be taken off.
    const single = block.length === 1 && block[0].length === 1 ? block[0][0] : text;
    if (single !== text.replace(/\r\n?/g, "\n").replace(/\n$/, "")) {
      event.preventDefault();
      document.execCommand("insertText", false, isLine(start) ? single.replaceAll("\n", " ") : single);
    }
    return;
  }
  event.preventDefault();
  around(() => say(report(block, fill(start, block))));
}
