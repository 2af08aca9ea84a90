/* The review of an attempt: sends what an earlier page could not, before the attempt is submitted. */

import { ask } from "./exam_api.js";
import { startSaving } from "./saving.js";
import { unsentOf } from "./unsent.js";

const POLL_MS = 15_000;

const form = document.querySelector("[data-review]");
const { review: attempt, api, result, unsent } = form.dataset;
const note = form.querySelector("[data-review-note]");
const kept = unsentOf(Number(attempt));
const saver = startSaving(api, kept, { onChange, onSeen() {}, onClosed: leave, onPaused, onLate });

function onPaused() {
  kept.settled().then(() => location.reload());
}

function onLate() {
  kept.settled().then(() => location.replace(`${form.dataset.items}?late=1`));
}

async function leave() {
  await kept.clear();
  location.replace(result);
}

/* Once all is saved the page is read again; an answer that needs a decision is shown where it can be taken. */
function onChange() {
  if (saver.state.late) return;
  const [waiting] = saver.unsent();
  if (!waiting) kept.settled().then(() => location.reload());
  else if (waiting.trouble) location.assign(`${form.dataset.items}?item=${waiting.position + 1}`);
}

async function poll() {
  const { status, data } = await ask("GET", api);
  if (data.state === "closed") leave();
  else if (status === 200 && String(data.section) !== form.dataset.section) location.replace(form.dataset.items);
}

form.addEventListener("submit", (event) => {
  if (saver.unsent().length) event.preventDefault();
});
document.addEventListener("exam:over", () => setInterval(poll, 3000));
saver.restore().then(() => {
  if (saver.unsent().length) note.textContent = unsent;
});
setInterval(poll, POLL_MS);
