/* Sends the files of a practical task as they are chosen, says how far they are, and lists what has arrived. */

const MIB = 1024 * 1024;

/* `onKept` is told the form whose answer a file has joined. */
export function startUploads(sitting, onKept) {
  let running = 0;

  sitting.addEventListener("change", ({ target }) => {
    if (target.matches("[data-files] input[type=file]") && target.files.length) begin(target);
  });
  addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });

  function begin(field) {
    const place = field.closest("[data-files]");
    const file = field.files[0];
    const trouble = troubleWith(file, place.dataset);
    field.value = "";
    show(place, trouble);
    if (trouble) return;
    running += 1;
    field.disabled = true;
    send(place, file).finally(() => {
      running -= 1;
      field.disabled = false;
      paintFiles(place);
    });
  }

  async function send(place, file) {
    const row = place.querySelector("template[data-file-on-its-way]").content.cloneNode(true).firstElementChild;
    row.querySelector("[data-name]").textContent = file.name;
    place.querySelector(".file-list").after(row);
    say(place, "sending", file);
    const { status, data } = await post(place.dataset.url, file, row);
    row.remove();
    if (status === 201) {
      addRow(place, data).checked = mayHandIn(place);
      say(place, "kept", file);
      onKept(place.closest("form"));
    } else if (status === "cancelled") {
      say(place, "cancelled", file);
    } else {
      show(place, status ? data.detail || data.title : wordsOf(place).offline);
    }
  }

  return { complete };
}

/* The files of an answer that another window has sent join the list. */
async function complete(form, answer, onArrival) {
  const place = form.querySelector("[data-files]");
  if (!place || !answer?.files?.some((id) => !rowOf(place, id))) return;
  const response = await fetch(place.dataset.url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!response?.ok) return;
  for (const file of (await response.json()).files) addRow(place, file);
  onArrival(form);
}

/* What stands on the page beside the ticks: whether another file may join. */
export function paintFiles(place) {
  const isFull = !mayHandIn(place);
  place.querySelector("[data-send]").hidden = true;
  place.querySelector("[data-full]").hidden = !isFull;
  place.querySelector("[data-add]").hidden = isFull;
  for (const box of place.querySelectorAll("[name=file_id]")) box.disabled = isFull && !box.checked;
}

const mayHandIn = (place) => place.querySelectorAll("[name=file_id]:checked").length < Number(place.dataset.most);
const rowOf = (place, id) => place.querySelector(`[name=file_id][value="${id}"]`);
const wordsOf = (place) => JSON.parse(place.dataset.words);
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

function troubleWith({ name, size }, { size: most, types }) {
  const ending = name.split(".").pop().toLowerCase().replace("jpeg", "jpg");
  const words = wordsOf(document.querySelector("[data-files]"));
  if (!types.split(",").includes(ending)) return words.wrong_type;
  return size > Number(most) * MIB ? fill(words.too_large, { size: most }) : "";
}

function addRow(place, { id, name, size }) {
  const known = rowOf(place, id);
  if (known) return known;
  const row = place.querySelector("template[data-file-row]").content.cloneNode(true).firstElementChild;
  for (const span of row.querySelectorAll("[data-name]")) span.textContent = name;
  row.querySelector("[data-size]").textContent = `${Math.ceil(size / 1024).toLocaleString(document.documentElement.lang)} KB`;
  row.querySelector("a").href = `${place.dataset.url}/${id}`;
  const box = row.querySelector("input");
  box.value = id;
  box.checked = false;
  place.querySelector(".file-list").append(row);
  return box;
}

/* Only this older way of asking tells how much has been sent. */
function post(url, file, row) {
  return new Promise((resolve) => {
    const asked = new XMLHttpRequest();
    asked.open("POST", url);
    asked.setRequestHeader("Accept", "application/json");
    asked.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf-token"]').content);
    asked.upload.addEventListener("progress", ({ loaded, total }) => {
      row.querySelector("progress").value = (100 * loaded) / total;
      row.querySelector("[data-share]").textContent = `${Math.round((100 * loaded) / total)} %`;
    });
    asked.addEventListener("load", () => resolve({ status: asked.status, data: parsed(asked.responseText) }));
    asked.addEventListener("error", () => resolve({ status: 0 }));
    asked.addEventListener("abort", () => resolve({ status: "cancelled" }));
    row.querySelector("[data-cancel]").addEventListener("click", () => asked.abort());
    const body = new FormData();
    body.append("file", file);
    asked.send(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function say(place, word, { name }) {
  place.querySelector("[data-said]").textContent = fill(wordsOf(place)[word], { name });
}

function show(place, trouble) {
  const error = place.querySelector("[data-error]");
  error.querySelector("span").textContent = trouble;
  error.hidden = !trouble;
}
