// What spreadsheets put on the clipboard as text, and what a cell makes of it. Knows no page.

import { folded, plain } from "./figures.js";

// Cells with line breaks come in quotes, quotes within them doubled.
const QUOTED = /"([^"]*(?:""[^"]*)*)"(?=[\t\n]|$)/y;
const BARE = /[^\t\n]*/y;
const YES = new Set(["1", "○", "〇", "◯", "true", "yes", "on", "はい", "速報", "速報値", "✓", "✔", "☑"]);
const NO = new Set(["", "0", "×", "false", "no", "off", "いいえ", "確定", "確定値", "-", "☐"]);

function matchAt(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** The rows of a block of cells, each a list of texts; a line break at the very end is no row. */
export function parseBlock(text) {
  const source = text.replace(/\r\n?/g, "\n");
  const rows = [[]];
  for (let at = 0; ; at += 1) {
    const quoted = matchAt(QUOTED, source, at);
    // Quotes around a plain word are part of the word.
    if (quoted && /[\t\n]|""/.test(quoted[1])) {
      rows.at(-1).push(quoted[1].replaceAll('""', '"'));
      at += quoted[0].length;
    } else {
      const bare = matchAt(BARE, source, at)[0];
      rows.at(-1).push(bare);
      at += bare.length;
    }
    if (at >= source.length) break;
    if (source[at] === "\n") rows.push([]);
  }
  if (rows.length > 1 && rows.at(-1).join("") === "" && rows.at(-1).length === 1) rows.pop();
  return rows;
}

/**
 * Whether a text is a block of cells rather than a text of several lines: `html` is what the
 * clipboard holds beside it, `isLong` whether the cell itself takes several lines.
 */
export function isBlock(text, html, isLong) {
  const rows = parseBlock(text);
  if (rows.length === 1 && rows[0].length === 1) return false;
  return !isLong || rows.some((row) => row.length > 1) || /<table[\s>]/i.test(html);
}

/** The value of the option that a text names by label or value, null where none or several do. */
export function optionFor(options, text) {
  const wanted = folded(text);
  const blank = options.find((option) => option.value === "");
  if (wanted === "") return blank ? "" : null;
  const equal = options.find(
    (option) => folded(option.label) === wanted || folded(option.value) === wanted,
  );
  if (equal) return equal.value;
  // "◎ 順調" is named by its sign or by its word, if no other option has the same.
  const parts = options.filter((option) => folded(option.label).split(/\s+/).includes(wanted));
  return parts.length === 1 ? parts[0].value : null;
}

/** Whether a text means a tick: true, false, or null where it says neither. */
export function tickFor(text) {
  const word = folded(text).toLowerCase();
  if (YES.has(word)) return true;
  return NO.has(word) ? false : null;
}

/** The text as a figure's cell shows it; what is no figure stays as it is. */
export function figureFor(text, unit) {
  return plain(text, unit) ?? text.replaceAll("\n", " ");
}
