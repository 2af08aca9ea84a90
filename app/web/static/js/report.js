/* Reports the item shown without leaving it; without this script the item's form sends the report along. */

import { ask } from "./exam_api.js";

const section = document.querySelector("[data-report]");
const fields = section.querySelector("[data-report-fields]");
const done = section.querySelector("[data-report-done]");
const words = section.querySelector("template").content;
const reported = new Set(JSON.parse(section.dataset.reported));
const button = section.querySelector('[name="report"]');
const text = section.querySelector("textarea");
const say = (which) => { done.textContent = which ? words.querySelector(`[data-${which}]`).textContent : ""; };
const shown = () => Number(document.querySelector("[data-sitting] form[data-item]").dataset.item);

function show() {
  const isReported = reported.has(shown());
  fields.hidden = isReported;
  say(isReported ? "sent" : null);
}

async function send(event) {
  event.preventDefault();
  const position = shown();
  button.disabled = true;
  const { status, data } = await ask("POST", section.dataset.report, { position, fault: section.querySelector("select").value, text: text.value });
  button.disabled = false;
  if (status !== 201 && data.code !== "AlreadyReported") return say("failed");
  reported.add(position);
  text.value = "";
  show();
}

button.addEventListener("click", send);
document.addEventListener("exam:item", () => {
  section.open = false;
  show();
});
