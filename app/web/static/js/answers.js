/* An item's form and its answer: reading it, writing it, saying it, and comparing two. */

/* In the order of the answer's parts, wherever a script has moved them. */
const fields = (form) => [...form.querySelectorAll('[name="answer"]')]
  .sort((one, other) => (one.dataset.part ?? 0) - (other.dataset.part ?? 0));

export const typedFields = (form) => fields(form).filter((field) => field.matches(".form-control"));
const boxesOfFiles = (form) => [...form.querySelectorAll('[name="file_id"]')];

export function readAnswer(form) {
  const chosen = fields(form).filter((box) => box.checked).map((box) => box.value);
  switch (form.dataset.input) {
    case "radio": return chosen.length ? Number(chosen[0]) : null;
    case "checkbox": return chosen.length ? chosen.map(Number) : null;
    case "boolean": return chosen.length ? chosen[0] === "true" : null;
    case "list": return readParts(form);
    case "files": return readFiles(form);
    default: return fields(form)[0].value.trim() || null;
  }
}

function readParts(form) {
  const isPosition = (text) => form.dataset.of === "position" && /^[0-9]+$/.test(text);
  const texts = fields(form).map((field) => field.value.trim());
  return texts.some(Boolean) ? texts.map((text) => (isPosition(text) ? Number(text) : text || null)) : null;
}

function readFiles(form) {
  const text = fields(form)[0].value.trim();
  const files = boxesOfFiles(form).filter((box) => box.checked).map((box) => Number(box.value));
  return text || files.length ? { text, files } : null;
}

export function writeAnswer(form, answer) {
  switch (form.dataset.input) {
    case "radio": case "checkbox": case "boolean": return writeChoice(form, answer);
    case "list": return fields(form).forEach((field, place) => { field.value = answer?.[place] ?? ""; });
    case "files": return writeFiles(form, answer);
    default: fields(form)[0].value = answer ?? "";
  }
}

function writeFiles(form, answer) {
  fields(form)[0].value = answer?.text ?? "";
  for (const box of boxesOfFiles(form)) box.checked = Boolean(answer?.files.includes(Number(box.value)));
}

function writeChoice(form, answer) {
  const chosen = [answer].flat().map(String);
  for (const box of fields(form)) box.checked = chosen.includes(box.value);
}

export function describeAnswer(form, answer) {
  if (answer === null || ["number", "text"].includes(form.dataset.input)) return answer;
  if (form.dataset.input === "long_text") return shortened(answer);
  if (form.dataset.input === "files") return describeFiles(form, answer);
  if (form.dataset.input === "list") return fields(form).map((field, place) => describePart(field, answer[place])).join("; ");
  const chosen = [answer].flat().map(String);
  const labels = fields(form).filter((box) => chosen.includes(box.value)).map((box) => box.closest("label").innerText.trim());
  return labels.join("; ");
}

function describeFiles(form, { text, files }) {
  const names = files.map((id) => boxesOfFiles(form).find((box) => Number(box.value) === id)?.labels[0].innerText.trim() ?? `#${id}`);
  return [...names, shortened(text)].filter(Boolean).join("; ");
}

const shortened = (text) => (text.length > 300 ? `${text.slice(0, 300)}…` : text);

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
  if (answer?.files) return JSON.stringify([plain(answer.text), [...answer.files].sort()]);
  if (typeof answer !== "string") return JSON.stringify(answer ?? null);
  const text = answer.trim().replace(/\s+/g, " ");
  const number = Number(text.replace("−", "-").replace(",", "."));
  return text && !Number.isNaN(number) ? String(number) : text;
}
