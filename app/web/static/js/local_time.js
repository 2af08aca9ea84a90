/* Writes the instants of a page (`<time data-local="moment">`, `"hour"`) in the reader's own time zone. */

const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const STYLES = { moment: { day: "numeric", month: "short", year: "numeric", ...HOUR }, hour: HOUR };

export function inWords(instant, style) {
  return new Intl.DateTimeFormat(document.documentElement.lang, STYLES[style]).format(new Date(instant));
}

export function localise(root) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    time.textContent = inWords(time.dateTime, time.dataset.local);
  }
}

localise(document);
