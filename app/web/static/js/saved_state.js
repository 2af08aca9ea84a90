/* Says what is saved and what is not, in the bar of an attempt and in its navigator. */

import { inWords } from "./local_time.js";

const PAUSE_MS = 300; // a save that is quicker than this is not worth a message

export function startSavedState(saver, messages, isOver) {
  const place = document.querySelector("[data-saved]");
  const first = { text: place.querySelector("span").textContent, tone: place.classList.contains("tone-ok") ? "ok" : "neutral" };
  let timer;

  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

  function write(text, tone) {
    const span = place.querySelector("span");
    if (span.textContent === text) return;
    span.textContent = text;
    place.classList.remove("tone-ok", "tone-caution", "tone-neutral");
    place.classList.add(`tone-${tone}`);
    const image = place.querySelector("use");
    image.setAttribute("href", image.getAttribute("href").replace(/#.*/, tone === "caution" ? "#warning" : "#check"));
  }

  function trouble() {
    const item = saver.unsent().find((one) => one.trouble);
    const number = item && item.position + 1;
    if (saver.state.lockedOut) return messages.locked_out;
    if (saver.state.failures) return messages.offline;
    if (item?.trouble === "stale") return fill(messages.stale, { number });
    if (item) return fill(messages.refused, { number });
    return isOver() ? messages.over : null;
  }

  function say() {
    const warning = trouble();
    if (warning) write(warning, "caution");
    else if (saver.unsent().length) write(saver.isBusy() ? messages.saving : messages.unsaved, "caution");
    else if (saver.state.savedAt) write(fill(messages.saved, { time: inWords(saver.state.savedAt, "hour") }), "ok");
    else write(first.text, first.tone);
  }

  function paintCells() {
    const cells = [...document.querySelectorAll(".navigator button.cell")];
    const answers = cells.map((cell) => saver.current(Number(cell.value) - 1));
    cells.forEach((cell, index) => paint(cell, answers[index]));
    const count = { answered: answers.filter(({ answer }) => answer !== null).length, flagged: answers.filter(({ flagged }) => flagged).length };
    count.left = cells.length - count.answered;
    for (const [name, number] of Object.entries(count)) document.querySelector(`[data-count="${name}"]`).textContent = number;
  }

  function paint(cell, { answer, flagged }) {
    cell.classList.toggle("answered", answer !== null);
    cell.classList.toggle("flagged", flagged);
    const words = [answer === null ? messages.not_answered : messages.answered, ...(flagged ? [messages.flagged] : [])];
    cell.querySelector("span").textContent = `, ${words.join(", ")}`;
  }

  return function show() {
    paintCells();
    place.dataset.unsent = saver.unsent().length;
    clearTimeout(timer);
    if (trouble() || !saver.unsent().length) say();
    else timer = setTimeout(say, PAUSE_MS);
  };
}
