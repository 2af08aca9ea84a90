/* Notes when the page of an attempt is hidden or loses the focus and for how long, and how many characters are pasted
   or copied, never which. What cannot be sent is forgotten: the exam goes on whatever becomes of it. */

import { ask } from "./exam_api.js";

const SEND_MS = 15_000;
const AT_ONCE = 20;
const KEPT = 100;

const sitting = document.querySelector("[data-sitting]");
const url = `${sitting.dataset.api}/events`;
const since = { hidden: null, unfocused: null };
let noted = [];

function note(kind, amount) {
  const position = Number(sitting.querySelector("form[data-item]").dataset.item);
  if (noted.length < KEPT) noted.push({ kind, position, amount: Math.round(amount) });
}

function begin(kind) {
  since[kind] ??= performance.now();
}

function end(kind) {
  if (since[kind] !== null) note(kind, performance.now() - since[kind]);
  since[kind] = null;
}

async function send() {
  const events = noted.slice(0, AT_ONCE);
  if (!events.length) return;
  noted = noted.slice(AT_ONCE);
  const { status } = await ask("POST", url, { events });
  if (status === 0 || status >= 500) noted = [...events, ...noted].slice(0, KEPT);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) begin("hidden");
  else end("hidden");
  send();
});
addEventListener("blur", () => begin("unfocused"));
addEventListener("focus", () => end("unfocused"));
document.addEventListener("paste", ({ clipboardData }) => note("paste", clipboardData?.getData("text").length ?? 0));
document.addEventListener("copy", () => note("copy", String(getSelection()).length));
addEventListener("pagehide", send);
setInterval(send, SEND_MS);
