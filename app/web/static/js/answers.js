/* An item's form and its answer: reading it, writing it, saying it, and comparing two. */

/* In the order of the answer's parts, wherever a script has moved them. */
const fields = (form) => [...form.querySelectorAll('[name="answer"]')]
  .sort((one, other) => (one.dataset.part ?? 0) - (other.dataset.part ?? 0));

export const typedFields = (form) => fields(form).filter((field) => field.matches("input.form-control"));

export function readAnswer(form) {
  const chosen = fields(form).filter((box) => box.checked).map((box) => box.value);
  switch (form.dataset.input) {
    case "radio": return chosen.length ? Number(chosen[0]) : null;
    case "checkbox": return chosen.length ? chosen.map(Number) : null;
    case "boolean": return chosen.length ? chosen[0] === "true" : null;
    case "list": return readParts(form);
    default: return fields(form)[0].value.trim() || null;
  }
}

function readParts(form) {
  const isPosition = (text) => form.dataset.of === "position" && /^[0-9]+$/.test(text);
  const texts = fields(form).map((field) => field.value.trim());
  return texts.some(Boolean) ? texts.map((text) => (isPosition(text) ? Number(text) : text || null)) : null;
}

export function writeAnswer(form, answer) {
  switch (form.dataset.input) {
    case "radio": case "checkbox": case "boolean": return writeChoice(form, answer);
    case "list": return fields(form).forEach((field, place) => { field.value = answer?.[place] ?? ""; });
    default: fields(form)[0].value = answer ?? "";
  }
}

function writeChoice(form, answer) {
  const chosen = [answer].flat().map(String);
  for (const box of fields(form)) box.checked = chosen.includes(box.value);
}

export function describeAnswer(form, answer) {
  if (answer === null || ["number", "text"].includes(form.dataset.input)) return answer;
  if (form.dataset.input === "list") return fields(form).map((field, place) => describePart(field, answer[place])).join("; ");
  const chosen = [answer].flat().map(String);
  const labels = fields(form).filter((box) => chosen.includes(box.value)).map((box) => box.closest("label").innerText.trim());
  return labels.join("; ");
}

function describePart(field, part) {
  const name = field.labels[0]?.innerText.trim() ?? field.ariaLabel;
  const option = [...(field.options ?? [])].find(({ value }) => value === String(part ?? ""));
  return `${name}: ${option?.text ?? part ?? "–"}`;
}

export function sameAnswer(one, other) {
  return plain(one) === plain(other);
}

/* The server keeps a typed answer without spare spaces and a number in one spelling, `007,50` as `7.5`. */
function plain(answer) {
  if (Array.isArray(answer)) return JSON.stringify(answer.map(plain));
  if (typeof answer !== "string") return JSON.stringify(answer ?? null);
  const text = answer.trim().replace(/\s+/g, " ");
  const number = Number(text.replace("−", "-").replace(",", "."));
  return text && !Number.isNaN(number) ? String(number) : text;
}
