// The dialog about a reader.

import { post } from "./api.js";
import { showDialog } from "./dialogs.js";
import { button, h, pause } from "./dom.js";
import { languageName } from "./names.js";

const LANGUAGES = ["en", "ar", "de", "es", "ru", "uk"];

function bothNames(code) {
  const own = languageName(code, code);
  const english = languageName(code);
  return own === english ? english : `${english} – ${own}`;
}

function nameField(reader, problem) {
  const input = h("input", { value: reader.first_name, maxlength: "64", autocomplete: "off", required: true });
  input.addEventListener("change", () => {
    const name = input.value.trim();
    if (name) change(reader, { first_name: name }, problem);
    else input.value = reader.first_name;
  });
  return h("label.form-row", h("span", "Name"), input);
}

function languageField(reader, problem) {
  const codes = LANGUAGES.includes(reader.language_code) ? LANGUAGES : [reader.language_code ?? "", ...LANGUAGES];
  const options = codes.map((code) => h("option", { value: code, selected: code === (reader.language_code ?? "") }, code ? bothNames(code) : "none"));
  const select = h("select", { onchange: () => change(reader, { language_code: select.value }, problem) }, ...options);
  return h("label.form-row", h("span", "Language of the app"), select);
}

async function change(reader, body, problem) {
  try {
    await post(`readers/${reader.id}`, body);
    problem.textContent = "";
  } catch (error) {
    problem.textContent = error.message;
  }
}

function blockField(pane) {
  const box = h("input", { type: "checkbox", role: "switch", class: "switch", onchange: () => pane.block(box.checked) });
  box.checked = pane.privateChat.bot_status === "kicked";
  return h("label.form-row", h("span", "Has blocked the bot"), box);
}

async function addReader(pane, done) {
  const answer = await pane.request("readers", {});
  done(null);
  if (!answer) return;
  // The server tells of the reader beside its answer, sooner or later.
  while (!pane.store.reader(answer.reader.id)) await pause(20);
  pane.app.swap(pane, answer.reader.id);
}

export function aboutReader(pane) {
  const { reader } = pane;
  const problem = h("p.problem", { role: "alert" });
  return showDialog(reader.first_name, (done) => [
    nameField(reader, problem),
    languageField(reader, problem),
    h("p.aside", "The bot speaks the language of the reader’s app, and the article’s own words."),
    blockField(pane),
    problem,
    button("plain wide", { onclick: () => addReader(pane, done) }, "Add another reader here"),
  ]);
}
