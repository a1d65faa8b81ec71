// Figures as people type them, by the rules of municipalities/figures.py, which decides.

const MINUS = /[▲△\u2212] ?/g;
const FIGURE = /^[-+]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,4})?$/;
// Hyphens, dashes, and the long vowel and the line that are typed in their place.
const NO_VALUE = /^[-\u2010-\u2015\u2212\u2500\u30fc]$/;

/** The text with half-width letters and a hyphen for minus. */
export function folded(text) {
  return text.normalize("NFKC").trim().replace(MINUS, "-");
}

/**
 * The figure in plain form ("▲１，２３４" is "-1234"), "" where a dash or blank says that there is
 * none, null where the text is no figure. A percent sign is read only where `unit` says percent.
 */
export function plain(text, unit = "") {
  const typed = text.normalize("NFKC").trim();
  if (typed === "" || NO_VALUE.test(typed)) return "";
  let figure = folded(text);
  if (folded(unit) === "%") figure = figure.replace(/\s*%$/, "");
  return FIGURE.test(figure) ? figure.replaceAll(",", "").replace(/^\+/, "") : null;
}
