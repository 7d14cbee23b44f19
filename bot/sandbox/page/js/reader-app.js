// One reader's app: the reader's name, the list of chats, the open chat.

import { post } from "./api.js";
import { ChatList } from "./chat-list.js";
import { Conversation } from "./conversation.js";
import { bidi, button, h, icon, touch } from "./dom.js";
import { chooseChat, linkKind } from "./bot-links.js";
import { hue, languageName, readerFace } from "./names.js";
import { aboutReader } from "./about-dialogs.js";
import { alertReader } from "./toasts.js";

// Too narrow for the list beside the chat; then one of them is shown, as on a phone.
const PHONE = 560;
let panes = 0;

export class Pane {
  // app: { store, swap(pane, reader), changed() }
  constructor(app) {
    this.app = app;
    this.store = app.store;
    this.pendingStart = null;
    this.chat = null;
    this.shownView = innerWidth < PHONE ? "list" : "chat";
    this.build();
  }

  build() {
    this.list = new ChatList(this.store, (chat) => this.open(chat));
    this.conversation = new Conversation(this);
    this.owner = button("owner", { "aria-haspopup": "dialog", onclick: () => aboutReader(this) });
    this.select = h("select.swap", { hidden: true, onchange: () => this.app.swap(this, Number(this.select.value)) });
    const top = h("header.pane-top", this.owner, this.select);
    const body = h("div.pane-body", this.list.el, this.conversation.el);
    this.el = h("section.pane", { id: `pane-${panes += 1}` }, top, body);
    new ResizeObserver(() => this.fit()).observe(this.el);
    this.el.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || !this.phone || this.shownView === "list") return;
      this.back();
    });
  }

  get phone() {
    return this.el.classList.contains("phone");
  }

  // Only what the reader can see is read.
  get visible() {
    return !document.hidden && this.el.offsetParent !== null && this.conversation.el.offsetParent !== null;
  }

  fit() {
    if (!this.el.clientWidth) return;
    this.el.classList.toggle("phone", this.el.clientWidth < PHONE);
    this.view(this.shownView);
  }

  view(name) {
    this.shownView = name;
    this.el.dataset.view = name;
    if (name === "chat") this.conversation.reached();
  }

  // --- the reader

  show(reader) {
    const other = this.reader?.id !== reader.id;
    this.reader = reader;
    this.el.dataset.hue = hue(reader);
    this.el.setAttribute("aria-label", `${reader.first_name}’s app`);
    const language = languageName(reader.language_code ?? "en") + (this.isAdmin ? " · admin" : "");
    this.owner.replaceChildren(readerFace(reader, "small"), bidi("h2", reader.first_name), h("span.language", language), icon("down"));
    this.owner.setAttribute("aria-label", `${reader.first_name}, ${language}: change name, language and more`);
    this.drawSelect();
    const chats = this.store.chatsOf(reader.id);
    if (other || !chats.includes(this.chat)) {
      const same = this.chat && chats.find((chat) => chat.id === this.chat.id);
      this.chat = same ?? chats[0];
      this.pendingStart = null;
      this.list.show(reader, this.chat);
      this.conversation.show();
    }
    this.refresh();
  }

  // All but the messages: names, languages, commands.
  refresh() {
    this.list.show(this.reader, this.chat);
    this.conversation.composer.show();
    this.conversation.draw();
  }

  drawSelect() {
    const { readers } = this.store;
    this.select.hidden = readers.length < 3;
    this.select.setAttribute("aria-label", `Reader in the place of ${this.reader.first_name}`);
    this.select.replaceChildren(...readers.map((r) => h("option", { value: r.id }, r.first_name)));
    this.select.value = String(this.reader.id);
  }

  // --- going from chat to chat

  open(chat, { focus = true } = {}) {
    if (chat !== this.chat) this.pendingStart = null;
    this.chat = chat;
    this.conversation.toast.hide();
    this.view("chat");
    this.list.choose(chat);
    this.conversation.show();
    if (focus) this.focus();
  }

  focus() {
    if (touch()) return;
    const { composer, foot } = this.conversation;
    if (!composer.el.hidden) composer.focus();
    else foot.querySelector("button.start")?.focus({ preventScroll: true });
  }

  back() {
    this.view("list");
    this.list.focus(this.chat);
  }

  get isAdmin() {
    return this.store.bot.admins.includes(this.reader.id);
  }

  get privateChat() {
    return this.store.chats.get(this.reader.id);
  }

  // --- links

  // Whether a link was followed here, and needs no tab of its own.
  link(url) {
    const kind = linkKind(url, this.store);
    if (!kind) return false;
    if (kind.name === "start") this.startWith(kind.payload);
    else if (kind.name === "startgroup") this.startGroup(url);
    else this.open(kind.chat ?? this.privateChat);
    return true;
  }

  // START, at the private chat's foot, sends the parameter.
  startWith(payload) {
    this.open(this.privateChat, { focus: false });
    this.pendingStart = payload;
    this.conversation.draw();
    this.focus();
  }

  async startGroup(url) {
    const chat = await chooseChat(this, "Ask the bot in which group?", (each) => each.type === "supergroup" || each.type === "group");
    if (!chat) return;
    this.open(chat);
    await this.request("links", { reader: this.reader.id, chat: chat.id, url });
  }

  async start() {
    const payload = this.pendingStart;
    this.pendingStart = null;
    const { bot } = this.store;
    if (payload) await this.request("links", { reader: this.reader.id, url: `https://t.me/${bot.username}?start=${payload}` });
    else await this.request("messages", { reader: this.reader.id, text: "/start" });
    this.conversation.draw();
    this.focus();
  }

  // A button that begins an inline query, here or in a chosen chat.
  async inline(given) {
    const here = given.switch_inline_query_current_chat;
    const query = here ?? given.switch_inline_query ?? given.switch_inline_query_chosen_chat?.query ?? "";
    const chat = here === undefined ? await chooseChat(this, "Send to which chat?", () => true) : this.chat;
    if (!chat) return;
    this.open(chat);
    this.conversation.composer.write(`@${this.store.bot.username} ${query}`);
  }

  // --- channels

  commentsOf(message) {
    const group = this.store.chats.get(this.store.chats.get(message.chat.id).discussion);
    if (!group) return [];
    const forward = this.forwardOf(message, group);
    return group.ids.map((id) => group.messages.get(id)).filter((m) => forward && m.message_thread_id === forward.message_id);
  }

  forwardOf(message, group) {
    return [...group.messages.values()].find((m) => m.is_automatic_forward && m.forward_origin?.message_id === message.message_id);
  }

  comments(message) {
    const group = this.store.chats.get(this.chat.discussion);
    const forward = this.forwardOf(message, group);
    this.open(group);
    if (!forward) return;
    this.conversation.log.jump(forward.message_id);
    this.conversation.composer.take({ kind: "reply", message: forward });
  }

  // --- what happens

  has(chat) {
    return Boolean(chat && this.reader) && this.store.chatsOf(this.reader.id).includes(chat);
  }

  receive(chat, message) {
    if (chat === this.chat) this.conversation.receive(message);
    else if (message.from?.id === this.store.bot.id) this.conversation.typing(chat, false);
    // A comment below a post is counted at the post.
    if (this.chat?.discussion === chat.id) this.conversation.log.views.forEach((_, id) => this.conversation.decorate(id));
    this.list.draw(chat);
    this.list.sort();
  }

  deleted(chat, id) {
    if (chat === this.chat) this.conversation.remove(id);
    this.list.draw(chat);
  }

  marked(chat) {
    this.list.draw(chat);
    if (chat === this.chat) this.conversation.drawTicks();
  }

  toast(text, wrong = false) {
    this.conversation.toast.show(text, wrong);
  }

  answered({ reader, callback_query_id: query, text, show_alert: alert }) {
    if (query !== null && query !== undefined) this.conversation.taps.answer(query);
    if (reader !== this.reader.id || !text) return;
    if (alert) alertReader(this.reader, text);
    else this.toast(text);
  }

  block(blocked) {
    return this.request(`readers/${this.reader.id}/block`, { blocked });
  }

  async request(path, body) {
    try {
      return await post(path, body);
    } catch (error) {
      this.toast(error.message, true);
      return null;
    }
  }

  get unread() {
    return this.store.chatsOf(this.reader.id).reduce((sum, chat) => sum + this.store.unread(this.reader.id, chat), 0);
  }
}
