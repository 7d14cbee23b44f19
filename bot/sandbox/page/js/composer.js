// Where a reader writes.

import { bidi, button, h, icon, touch } from "./dom.js";
import { Inline, queryIn } from "./inline-results.js";
import { Listbox } from "./listbox.js";
import { popMenu } from "./message-menu.js";
import { commandsFor, senderOf, summary } from "./names.js";

const TALLEST = 132;
const MAX_FILE = 1_000_000;
const EXAMPLE = `${location.origin}/pages/harbour-festival`;

const option = (name, about) => h("div.command-option", h("b", name), bidi("span", about));

export class Composer {
  // pane: the Pane that it stands in.
  constructor(pane) {
    this.pane = pane;
    this.drafts = new Map();
    this.aim = null;
    this.build();
    this.inline = new Inline(pane, this.listbox, () => this.write(""));
  }

  build() {
    this.input = h("textarea", { rows: "1", maxlength: "4096", autocomplete: "off", "aria-autocomplete": "list", placeholder: "Message", dir: "auto",
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
      onfocus: () => this.suggest(),
      onblur: (event) => { if (!this.listbox.el.contains(event.relatedTarget)) this.listbox.close(); } });
    // Else the field would lose the focus, and close the list before it opens.
    const stay = (event) => event.preventDefault();
    this.menuButton = button("menu-button", { "aria-label": "Menu", "aria-haspopup": "listbox", onpointerdown: stay, onclick: () => this.openCommands() }, icon("menu"), h("span", "Menu"));
    this.picker = h("input", { type: "file", hidden: true, onchange: () => this.sendFile(this.picker.files[0]) });
    this.attach = button("round", { "aria-label": "Attach", "aria-haspopup": "menu", onclick: () => this.offerFiles() }, icon("attach"));
    this.send = h("button", { type: "submit", class: "send", disabled: true, "aria-label": "Send" }, icon("send"));
    this.aimed = h("div.aimed", { hidden: true });
    this.listbox = new Listbox(this.input, "Commands");
    const row = h("div.write", this.menuButton, this.attach, this.picker, this.input, this.send);
    const submit = (event) => {
      event.preventDefault();
      this.submit();
    };
    this.el = h("form.composer", { onsubmit: submit }, this.listbox.el, this.aimed, row);
  }

  // --- the chat it writes to

  show() {
    const { reader, chat } = this.pane;
    const key = `${reader.id}:${chat.id}`;
    if (key !== this.shown) {
      if (this.shown) this.drafts.set(this.shown, this.input.value);
      this.shown = key;
      this.stop();
      this.write(this.drafts.get(key) ?? "");
    }
    this.input.setAttribute("aria-label", `Message as ${reader.first_name}`);
    this.menuButton.hidden = chat.type !== "private" || !commandsFor(this.pane.store.bot, reader, chat).length;
  }

  focus() {
    this.input.focus({ preventScroll: true });
  }

  write(text) {
    this.input.value = text;
    this.typed();
  }

  typed() {
    const { input } = this;
    this.send.disabled = !input.value.trim();
    input.style.height = "0";
    input.style.height = input.scrollHeight ? `${Math.min(input.scrollHeight, TALLEST)}px` : "auto";
    input.style.overflowY = input.scrollHeight > TALLEST ? "auto" : "hidden";
    this.suggest();
  }

  // --- what is offered while typing

  suggest() {
    const text = this.input.value;
    const query = this.editing ? null : queryIn(text, this.pane.store.bot);
    // What was offered before gives way to what the bot will offer.
    if (query !== null && this.inline.query === null) this.listbox.close();
    this.inline.typed(query);
    if (query !== null) return;
    const command = /^\/(\w*)$/.exec(text);
    const name = /^@(\w*)$/.exec(text);
    const focused = document.activeElement === this.input;
    if (command && focused) this.showCommands(command[1]);
    else if (name && focused) this.showMention(name[1]);
    else this.listbox.close();
  }

  openCommands() {
    const { open } = this.listbox;
    // First, as it offers what fits the text.
    this.focus();
    if (open) this.listbox.close();
    else this.showCommands("");
  }

  showCommands(prefix) {
    const { store, reader, chat } = this.pane;
    const commands = commandsFor(store.bot, reader, chat).filter((c) => c.command.startsWith(prefix.toLowerCase()));
    const items = commands.map(({ command, description }) => ({ command, el: option(`/${command}`, description) }));
    this.offer(items, "Commands", (item) => this.command(item.command));
  }

  showMention(prefix) {
    const name = `@${this.pane.store.bot.username}`;
    const fits = name.toLowerCase().startsWith(`@${prefix.toLowerCase()}`);
    this.offer(fits ? [{ el: option(name, "type a question after it") }] : [], "Mention", () => this.write(`${name} `));
  }

  offer(items, label, pick) {
    if (items.length) this.listbox.show(items, { pick, first: true, label });
    else this.listbox.close();
  }

  // In groups a command names the bot: there may be several.
  command(name) {
    const { store, chat } = this.pane;
    this.write("");
    this.say(chat.type === "private" ? `/${name}` : `/${name}@${store.bot.username}`);
  }

  // --- answers and edits

  // aim: { kind: "reply" or "edit", message, quote }
  take(aim) {
    this.aim = aim;
    const { kind, message, quote } = aim;
    const cancel = button("cancel", { "aria-label": kind === "edit" ? "Cancel the edit" : "Cancel the reply", onclick: () => this.stop(true) }, icon("close"));
    const title = kind === "edit" ? "Edit message" : `Reply to ${senderOf(message).name}`;
    this.aimed.replaceChildren(icon(quote ? "quote" : kind), h("div.aimed-text", bidi("b", title), bidi("span", quote ?? summary(message))), cancel);
    this.aimed.hidden = false;
    if (kind === "edit") this.write(message.text);
    this.focus();
  }

  get editing() {
    return this.aim?.kind === "edit";
  }

  stop(byReader = false) {
    const edited = this.editing;
    this.aim = null;
    this.aimed.hidden = true;
    if (edited) this.write("");
    if (byReader) this.focus();
  }

  // --- sending

  async submit() {
    const typed = this.input.value;
    const text = typed.trim();
    if (!text) return;
    const { aim } = this;
    const { chat } = this.pane;
    this.stop();
    this.write("");
    const done = aim?.kind === "edit" ? await this.edit(aim.message, text) : await this.post({ text }, aim);
    if (done || this.pane.chat !== chat) return;
    // Not sent: it goes back, before what was typed since.
    this.write(this.input.value ? `${typed}\n${this.input.value}` : typed);
    if (aim) this.take(aim);
  }

  say(text) {
    return this.post({ text });
  }

  // content: a text or a document.
  post(content, aim = null) {
    const { reader, chat } = this.pane;
    return this.request("messages", { reader: reader.id, chat: chat.id, ...content, reply_to: aim?.message.message_id, quote: aim?.quote });
  }

  offerFiles() {
    const { left, top } = this.attach.getBoundingClientRect();
    popMenu("Attach", [["File", "file", () => this.picker.click()], ["Link to an example page", "out", () => this.say(EXAMPLE)]], { x: left, y: top - 100 });
  }

  sendFile(file) {
    this.picker.value = "";
    if (!file.size || file.size > MAX_FILE) {
      this.pane.toast(`${file.name} is ${file.size ? "larger than 1 MB" : "empty"}: choose another file.`, true);
      return;
    }
    const reading = new FileReader();
    reading.addEventListener("load", () => {
      const aim = this.editing ? null : this.aim;
      if (aim) this.stop();
      const [, base64] = reading.result.split(",");
      this.post({ document: { file_name: file.name, mime_type: file.type || null, base64 } }, aim);
    });
    reading.readAsDataURL(file);
  }

  async edit(message, text) {
    if (message.text === text) return true;
    const { reader, chat } = this.pane;
    return this.request("messages/edit", { reader: reader.id, chat: chat.id, message_id: message.message_id, text });
  }

  async request(path, body) {
    const answer = await this.pane.request(path, body);
    if (answer) this.pane.store.sent(body.chat, answer.message);
    return Boolean(answer);
  }

  key(event) {
    if (event.isComposing || this.listbox.key(event)) return;
    const { key } = event;
    const bare = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (key === "Enter" && bare && !touch()) {
      event.preventDefault();
      this.submit();
    } else if (key === "Escape" && this.aim) {
      event.preventDefault();
      event.stopPropagation();
      this.stop(true);
    } else if (key === "Tab" && !event.shiftKey && this.listbox.open) {
      this.toAbove(event);
    }
  }

  // Tab goes to the button above the list, or takes what is chosen in it.
  toAbove(event) {
    const above = this.listbox.head.querySelector("button");
    if (!above && !this.listbox.items[this.listbox.active]) return;
    event.preventDefault();
    if (above) above.focus();
    else this.listbox.take();
  }
}
