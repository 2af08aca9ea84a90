/* The marks of an answer: their running total, and the figures of the keyboard. */

const form = document.querySelector("[data-marks]");
const lines = [...form.querySelectorAll(".rubric-line")];
const total = form.querySelector("[data-total]");

function add() {
  const marks = [...form.querySelectorAll(".mark :checked")].map((mark) => Number(mark.value));
  total.querySelector("output").value = marks.reduce((sum, mark) => sum + mark, 0);
}

function press(event) {
  const line = event.target.closest(".rubric-line");
  if (!line || event.ctrlKey || event.altKey || event.metaKey) return;
  const mark = line.querySelector(`[value="${CSS.escape(event.key)}"]`);
  if (!mark) return;
  event.preventDefault();
  mark.checked = true;
  const next = lines[lines.indexOf(line) + 1];
  (next?.querySelector(":checked") ?? next?.querySelector("input") ?? form.querySelector("textarea")).focus();
  add();
}

total.hidden = form.querySelector("[data-keys]").hidden = false;
form.addEventListener("change", add);
form.addEventListener("keydown", press);
add();
