/* An item's form and its answer: reading it, writing it, saying it, and comparing two. */

const boxes = (form) => [...form.querySelectorAll('input[name="answer"]')];

export function readAnswer(form) {
  const chosen = boxes(form).filter((box) => box.checked).map((box) => box.value);
  switch (form.dataset.input) {
    case "radio": return chosen.length ? Number(chosen[0]) : null;
    case "checkbox": return chosen.length ? chosen.map(Number) : null;
    case "boolean": return chosen.length ? chosen[0] === "true" : null;
    default: return boxes(form)[0].value.trim() || null;
  }
}

export function writeAnswer(form, answer) {
  if (isTyped(form)) {
    boxes(form)[0].value = answer ?? "";
    return;
  }
  const chosen = [answer].flat().map(String);
  for (const box of boxes(form)) box.checked = chosen.includes(box.value);
}

export function describeAnswer(form, answer) {
  if (isTyped(form) || answer === null) return answer;
  const chosen = [answer].flat().map(String);
  const labels = boxes(form).filter((box) => chosen.includes(box.value)).map((box) => box.closest("label").innerText.trim());
  return labels.join("; ");
}

export function isTyped(form) {
  return ["number", "text"].includes(form.dataset.input);
}

export function sameAnswer(one, other) {
  return plain(one) === plain(other);
}

/* The server keeps a typed answer without spare spaces and a number in one spelling, `007,50` as `7.5`. */
function plain(answer) {
  if (typeof answer !== "string") return JSON.stringify(answer ?? null);
  const text = answer.trim().replace(/\s+/g, " ");
  const number = Number(text.replace("−", "-").replace(",", "."));
  return text && !Number.isNaN(number) ? String(number) : text;
}
