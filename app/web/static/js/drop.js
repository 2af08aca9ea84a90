/* A file dropped anywhere on the page goes into its form, which is sent at once. */

const form = document.querySelector("[data-drop]");
const carriesFile = (event) => event.dataTransfer?.types.includes("Files");

addEventListener("dragover", (event) => {
  if (!carriesFile(event)) return;
  event.preventDefault();
  form.classList.add("drop-here");
});
addEventListener("dragleave", (event) => event.relatedTarget || form.classList.remove("drop-here"));
addEventListener("drop", (event) => {
  if (!carriesFile(event)) return;
  event.preventDefault();
  form.elements.file.files = event.dataTransfer.files;
  form.requestSubmit();
});
