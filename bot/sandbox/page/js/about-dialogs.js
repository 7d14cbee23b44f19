// The dialogs about a chat (who is in it, the bot too) and about a reader.

import { post } from "./api.js";
import { showDialog } from "./dialogs.js";
import { bidi, button, h, pause } from "./dom.js";
import { publishButton } from "./empty-chat.js";
import { botFace, chatFace, descriptionFor, languageName, readerFace, titleOf } from "./names.js";

const OUTSIDE = ["left", "kicked"];
const LANGUAGES = ["en", "ar", "de", "es", "ru", "uk"];

function member(el, name, role) {
  return h("li", el, bidi("span", name), role ? h("span.role", role) : null);
}

function members(pane) {
  const { chat, store } = pane;
  const people = chat.readers.map((id, i) => {
    const reader = store.reader(id);
    const role = i === 0 ? "owner" : chat.admins?.includes(id) ? "admin" : "";
    return member(readerFace(reader, "small"), reader.first_name, role);
  });
  if (!OUTSIDE.includes(chat.bot_status)) {
    people.push(member(botFace(store.bot, "small"), store.bot.first_name, chat.type === "channel" ? "admin, bot" : "bot"));
  }
  return h("ul.members", ...people);
}

function groupAction(pane, done) {
  const { chat, reader } = pane;
  const outside = OUTSIDE.includes(chat.bot_status);
  const act = () => {
    done(null);
    pane.request(`groups/${chat.id}/${outside ? "add" : "remove"}`, { reader: reader.id });
  };
  return button(`plain wide${outside ? "" : " bad"}`, { onclick: act }, outside ? "Add the bot" : "Remove the bot");
}

export function aboutChat(pane) {
  const { chat, reader, store } = pane;
  const head = h("div.about-head", chatFace(chat, store.bot, "large"));
  if (chat.type === "private") {
    return showDialog(titleOf(chat, store.bot), [head, h("p", `@${store.bot.username}`), bidi("p.description", descriptionFor(store.bot, reader))]);
  }
  return showDialog(chat.title, (done) => [head, members(pane), chat.type === "channel" ? publishButton(pane, done) : groupAction(pane, done)]);
}

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
