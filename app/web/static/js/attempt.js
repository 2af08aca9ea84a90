/* The page of an item: saves as one answers, moves between items in place, and ends when the time does. */

import { describeAnswer, readAnswer, typedFields, writeAnswer } from "./answers.js";
import { ask } from "./exam_api.js";
import { paintFields, startFields } from "./fields.js";
import { positionOf, startItemForms } from "./item_forms.js";
import { startSavedState } from "./saved_state.js";
import { startSaving } from "./saving.js";
import { unsentOf } from "./unsent.js";
import { startUploads } from "./uploads.js";

const TYPING_MS = 800;
const WRITING_MS = 3000; // each save of a long text keeps all of it: one for every pause in a thought is too many
const POLL_MS = 15_000;
const POLL_AT_THE_END_MS = 3000;

const sitting = document.querySelector("[data-sitting]");
const { sitting: attempt, api, result, review } = sitting.dataset;
const messages = JSON.parse(sitting.dataset.messages);
const kept = unsentOf(Number(attempt));
if ("next" in sitting.dataset) messages.over = messages.section_over;
let isOver = false;
let isLeaving = false;
let pollTimer;

const items = startItemForms(sitting, messages, arrive);
const saver = startSaving(api, kept, { onChange, onSeen, onClosed: leave, onPaused: readAgain, onLate: late });
const uploads = startUploads(sitting, (form) => saver.want(positionOf(form), { answer: readAnswer(form) }));
const showState = startSavedState(saver, messages, () => isOver);

function arrive(form) {
  const position = positionOf(form);
  const flagged = flagOf(form).ariaPressed === "true";
  saver.see(position, { revision: Number(form.dataset.revision), answer: readAnswer(form), flagged });
  onSeen(saver.itemAt(position));
  form.querySelector("fieldset").disabled = isOver;
}

/* Show in an item's form what this page knows of it. */
function onSeen({ position }) {
  const form = items.forms.get(position);
  if (form) {
    const { answer } = saver.current(position);
    writeAnswer(form, answer);
    paintForm(form);
    uploads.complete(form, answer, () => onSeen({ position }));
  }
  showState();
}

function onChange() {
  paintForm(items.shown());
  showState();
}

function paintForm(form) {
  const item = saver.itemAt(positionOf(form));
  const refused = item.trouble === "refused";
  flagOf(form).ariaPressed = String(saver.current(item.position).flagged);
  form.querySelector("[data-advice]").hidden = !refused;
  for (const field of typedFields(form)) {
    field.ariaInvalid = String(refused);
    const described = field.getAttribute("aria-describedby").replace(" answer-error", "");
    field.setAttribute("aria-describedby", refused ? `${described} answer-error` : described);
  }
  paintFields(form);
  paintConflict(form, item);
}

function paintConflict(form, item) {
  const notice = form.querySelector("[data-notice]");
  if (!saver.state.failures) notice.querySelector("[data-waiting]")?.remove();
  const isAsking = Boolean(notice.querySelector("[data-keep]"));
  if (isAsking && item.trouble !== "stale") notice.replaceChildren();
  if (isAsking || item.trouble !== "stale") return;
  const callout = copyOf("conflict");
  callout.querySelector("[data-theirs]").textContent = describeAnswer(form, item.theirs.answer) ?? messages.empty;
  notice.replaceChildren(callout);
}

function flagOf(form) {
  return form.querySelector('[name="flag"]');
}

async function press(form, button) {
  const position = positionOf(form);
  if (button.name === "flag") saver.want(position, { flagged: button.ariaPressed !== "true" });
  if (button.name === "clear") {
    writeAnswer(form, null);
    saver.want(position, { answer: null });
  }
  if (button.name === "go") await go(button.value);
  if (button.name === "language") await readIn(button.value);
}

async function readIn(language) {
  await saver.flush();
  if (!saver.state.failures) {
    const { status } = await ask("PUT", `${api}/language`, { language });
    if (status === 200) return readAgain();
  }
  items.shown().querySelector("[data-notice]").replaceChildren(copyOf("kept"));
}

async function go(target) {
  saver.flush();
  if (target !== "review" && items.show(Number(target) - 1)) return onChange();
  if (await saver.flush()) return location.assign(target === "review" ? review : `?item=${target}`);
  const troubled = saver.unsent().find((item) => item.trouble);
  if (troubled && items.show(troubled.position)) onChange();
  else items.shown().querySelector("[data-notice]").replaceChildren(copyOf("kept"));
}

function copyOf(template) {
  return document.querySelector(`template[data-${template}]`).content.cloneNode(true);
}

/* The page as it is now: on a break that was taken in another window, or in another language. What is unsent is sent by
   the page that comes, or when the break is over. */
async function readAgain() {
  isLeaving = true;
  await kept.settled();
  location.reload();
}

/* To the section that is open, which says that an answer came too late for its own. */
async function late() {
  isLeaving = true;
  await kept.settled();
  location.replace(`${location.pathname}?late=1`);
}

async function leave() {
  isLeaving = true;
  await kept.clear();
  location.replace(result);
}

/* Another section has begun; what this one left unsent goes with the page. */
function goOn() {
  isLeaving = true;
  location.replace(location.pathname);
}

async function poll() {
  const { status, data } = await ask("GET", api);
  if (data.state === "closed") return leave();
  if (status === 200 && String(data.section) !== sitting.dataset.section) return goOn();
  if (status === 200) data.items.forEach(({ position, response }) => saver.see(position, response));
  if (status === 200) items.fetchAll();
  pollLater();
}

function pollLater() {
  clearTimeout(pollTimer);
  pollTimer = setTimeout(poll, isOver ? POLL_AT_THE_END_MS : POLL_MS);
}

function setOver(over) {
  isOver = over;
  for (const form of items.forms.values()) form.querySelector("fieldset").disabled = over;
  if (over) saver.flush();
  pollLater();
  showState();
}

sitting.addEventListener("input", (event) => {
  const { form, type } = event.target;
  if (type === "file") return; // uploads.js sends it first
  const pause = event.target.matches("textarea") ? WRITING_MS : TYPING_MS;
  saver.want(positionOf(form), { answer: readAnswer(form) }, typedFields(form).includes(event.target) ? pause : 0);
});
startFields(sitting);
sitting.addEventListener("change", () => saver.flush());
sitting.addEventListener("click", ({ target }) => {
  const choice = target.closest("[data-keep]");
  if (choice) saver.settle(positionOf(choice.closest("form")), choice.dataset.keep === "mine");
});
document.addEventListener("submit", (event) => {
  if (event.target !== items.shown()) return;
  event.preventDefault();
  press(event.target, event.submitter);
});
document.addEventListener("exam:over", () => setOver(true));
document.addEventListener("exam:clock", ({ detail }) => {
  if (isOver && Date.parse(detail.deadline) > Date.parse(detail.now)) setOver(false);
});
addEventListener("beforeunload", (event) => {
  if (!isLeaving && saver.unsent().length) event.preventDefault();
});

saver.restore();
items.start();
pollLater();
