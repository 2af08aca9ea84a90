/* What a script adds to the fields of some kinds: buttons that move an element of an ordering up and down, a point set
   where a picture is pressed, and the number of words of a text. */

import { paintFiles } from "./uploads.js";

const SAID_AFTER_MS = 2000; // so that who listens is not interrupted at every word
let saying;

/* Show the fields of a form as its answer now stands. */
export function paintFields(form) {
  const list = form.querySelector("[data-ordering]");
  if (list) paintOrdering(list);
  const picture = form.querySelector("[data-spot]");
  if (picture) paintSpot(picture);
  const count = form.querySelector("[data-words]:not([data-files])");
  if (count) paintCount(count, form.querySelector("textarea").value);
  const files = form.querySelector("[data-files]");
  if (files) paintFiles(files);
}

/* The number of words as it stands; it is said when the typing pauses. */
function paintCount(place, text) {
  const most = Number(place.dataset.words) || Infinity;
  const count = text.split(/\s+/).filter(Boolean).length;
  const words = count > most ? place.dataset.over : place.dataset.within;
  const values = { count, most, more: count - most };
  const told = words.replace(/%\((\w+)\)s/g, (_, name) => values[name].toLocaleString(document.documentElement.lang));
  place.classList.toggle("over", count > most);
  if (place.textContent.trim() === told) return;
  place.textContent = told;
  clearTimeout(saying);
  saying = setTimeout(() => { place.parentElement.querySelector("[data-words-said]").textContent = told; }, SAID_AFTER_MS);
}

function paintSpot(picture) {
  const percents = coordinatesOf(picture).map(({ value }) => (value === "" ? NaN : (100 * value) / picture.dataset.spot));
  picture.querySelector("[data-mark]").classList.toggle("unmarked", !percents.every(Number.isFinite));
  for (const circle of picture.querySelectorAll("[data-mark] circle")) {
    ["cx", "cy"].forEach((name, axis) => circle.setAttribute(name, `${percents[axis] || 0}%`));
  }
}

function point({ target, clientX, clientY }) {
  const picture = target.closest("[data-spot]");
  if (!picture || picture.closest("fieldset").disabled) return;
  const box = picture.querySelector("img").getBoundingClientRect();
  const shares = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
  const fields = coordinatesOf(picture);
  fields.forEach((field, axis) => { field.value = Math.round(Math.min(1, Math.max(0, shares[axis])) * picture.dataset.spot); });
  tell(fields[0]);
}

const coordinatesOf = (picture) => [...picture.closest("form").querySelectorAll('[name="answer"]')];

/* What a script writes into a field is heard as what a person does. */
function tell(field) {
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}

function paintOrdering(list) {
  const rows = [...list.children];
  const placeOf = (row) => Number(selectOf(row).value || rows.length);
  const sorted = [...rows].sort((one, other) => placeOf(one) - placeOf(other));
  const focused = document.activeElement;
  if (sorted.some((row, place) => row !== rows[place])) list.replaceChildren(...sorted);
  sorted.forEach((row, place) => {
    for (const button of row.querySelectorAll("[data-move]")) {
      button.hidden = false;
      button.ariaDisabled = String(!sorted[place + Number(button.dataset.move)]);
    }
  });
  if (list.contains(focused)) focused.focus(); // a row that is moved loses it
}

/* Put a row at a place among the others; every row has its place from then on. */
function moveTo(row, place) {
  const list = row.parentElement;
  const rows = [...list.children].filter((one) => one !== row);
  rows.splice(place, 0, row);
  rows.forEach((one, index) => { selectOf(one).value = index; });
  const words = { place: place + 1, count: rows.length, element: row.querySelector("label").innerText };
  list.parentElement.querySelector("[data-moved-to]").textContent = list.dataset.moved.replace(/%\((\w+)\)s/g, (_, name) => words[name]);
}

const selectOf = (row) => row.querySelector("select");

function press({ target }) {
  const button = target.closest("[data-move]");
  if (!button || button.ariaDisabled === "true") return;
  const row = button.closest("li");
  moveTo(row, [...row.parentElement.children].indexOf(row) + Number(button.dataset.move));
  tell(selectOf(row));
}

/* A place chosen from the list moves the others aside; none chosen takes the whole answer back. */
function choose({ target }) {
  const list = target.closest("[data-ordering]");
  if (!list) return;
  if (target.value) moveTo(target.closest("li"), Number(target.value));
  else for (const row of list.children) selectOf(row).value = "";
}

export function startFields(sitting) {
  sitting.addEventListener("click", press);
  sitting.addEventListener("click", point);
  sitting.addEventListener("input", choose, { capture: true }); // before the answer is read
}
