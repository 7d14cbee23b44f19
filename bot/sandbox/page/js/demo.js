// A short scene of two readers, played on the page itself.

import { post } from "./api.js";
import { button, byId, calm, h, pause, setText } from "./dom.js";

const SPEEDS = [1, 2, 4];
const SLICE_MS = 40;
const LETTER_MS = 35;
const READ_MS = 3200;
const PATIENCE_MS = 8000;

class Skipped extends Error {}

// The strip with the caption and the buttons, and the time that passes.
class Player {
  constructor() {
    this.speed = 0;
    this.paused = false;
    this.steps = 0;
    this.caption = h("p.demo-caption", { role: "status" });
    this.pauseButton = this.button("Pause", () => this.pause(!this.paused));
    this.speedButton = this.button("Speed 1×", () => {
      this.speed = (this.speed + 1) % SPEEDS.length;
      setText(this.speedButton, `Speed ${SPEEDS[this.speed]}×`);
    });
    const step = this.button("Step", () => {
      this.pause(true);
      this.steps += 1;
    });
    this.el = h("section.demo", { "aria-label": "Demo" }, this.caption, h("div.demo-buttons", this.pauseButton, step, this.speedButton, this.button("Skip", () => { this.skipped = true; })));
    byId("line").after(this.el);
  }

  button(label, onclick) {
    return button("plain", { onclick }, label);
  }

  pause(on) {
    this.paused = on;
    setText(this.pauseButton, on ? "Go on" : "Pause");
  }

  async wait(ms) {
    for (let left = ms; left > 0; left -= SLICE_MS * SPEEDS[this.speed]) {
      if (this.skipped) throw new Skipped();
      await pause(SLICE_MS);
    }
  }

  // A step begins; where the demo is paused, only when it is asked for.
  async say(text) {
    while (this.paused && !this.steps && !this.skipped) await pause(SLICE_MS);
    if (this.skipped) throw new Skipped();
    this.steps = Math.max(0, this.steps - 1);
    setText(this.caption, text);
  }

  async until(found) {
    for (let left = PATIENCE_MS; left > 0 && !found(); left -= SLICE_MS) {
      if (this.skipped) throw new Skipped();
      await pause(SLICE_MS);
    }
    return found();
  }
}

// One of the two readers at work.
class Actor {
  constructor(app, pane, player) {
    Object.assign(this, { app, pane, player });
    this.name = pane.reader.first_name;
  }

  async open(chat) {
    this.app.front(this.pane);
    this.pane.open(chat, { focus: false });
    await this.player.wait(500);
  }

  async type(text) {
    this.app.front(this.pane);
    const { composer } = this.pane.conversation;
    for (let end = calm() ? text.length : 1; end <= text.length; end += 1) {
      composer.write(text.slice(0, end));
      await this.player.wait(LETTER_MS);
    }
    await this.player.wait(400);
  }

  async write(text) {
    const { chat, conversation } = this.pane;
    await this.type(text);
    const before = chat.ids.at(-1) ?? 0;
    await conversation.composer.submit();
    await this.player.until(() => this.pane.store.isBots(chat.messages.get(chat.ids.at(-1))) && chat.ids.at(-1) > before);
  }

  async tap(label) {
    this.app.front(this.pane);
    const found = () => [...this.pane.conversation.log.list.querySelectorAll(".key")].filter((key) => key.textContent.includes(label)).at(-1);
    const key = await this.player.until(found);
    key.classList.add("pointed");
    await this.player.wait(700);
    key.classList.remove("pointed");
    key.click();
    await this.player.wait(900);
  }

  async start() {
    await this.open(this.pane.privateChat);
    if (this.pane.chat.ids.length) return;
    await this.player.wait(600);
    await this.pane.start();
    await this.player.until(() => this.pane.chat.ids.length > 1);
  }

  async choose(text) {
    const { composer } = this.pane.conversation;
    await this.type(text);
    const first = await this.player.until(() => composer.inline.query && composer.listbox.items[0]);
    composer.listbox.activate(0);
    await this.player.wait(READ_MS / 2);
    await composer.inline.choose(first);
  }
}

// A group that both are in, with the bot.
async function groupOf(store, one, other) {
  const fits = (chat) => chat.type === "supergroup" && !chat.bot_status && !store.channelOf(chat) && chat.readers.includes(other.id);
  const found = () => store.chatsOf(one.id).find(fits);
  if (!found()) await post("groups", { title: "Readers’ club", readers: [one.id, other.id] });
  while (!found()) await pause(SLICE_MS);
  return found();
}

async function privateScene(player, ada, ben) {
  await player.say(`${ada.name} and ${ben.name} read the same article. ${ada.name} opens the bot’s chat and presses START.`);
  await ada.start();
  await player.wait(READ_MS);
  await player.say(`${ada.name} asks in everyday words. The answer comes in the article’s own, the answering sentence in bold.`);
  await ada.write("what did the US agree to?");
  await player.wait(READ_MS);
  await player.say("Below it are seven reactions. A tap is a vote.");
  await ada.tap("❤");
  await player.wait(READ_MS / 2);
  await player.say(`${ben.name} asks something else. ${ada.name}’s ❤️ stands there already: reactions belong to the article.`);
  await ben.start();
  await ben.write("Who has to approve the package?");
  await player.wait(READ_MS);
  await player.say(`${ben.name} taps too, and both see the same counts at once.`);
  await ben.tap("❤");
  await player.wait(READ_MS);
}

async function groupScene(player, ada, ben) {
  const { store } = ada.pane;
  const group = await groupOf(store, ada.pane.reader, ben.pane.reader);
  await player.say("In a group the bot stays silent until somebody mentions it, and answers what was asked.");
  await ada.open(group);
  await ben.open(group);
  await ben.write(`@${store.bot.username} When did the conflict begin?`);
  await player.wait(READ_MS);
  await player.say("In any chat, type the bot’s name and a question, and send a passage from the list.");
  await ada.choose(`@${store.bot.username} security guarantees`);
  await player.wait(READ_MS);
}

// Who tapped already would take votes back: then others play.
async function actors(app) {
  const { store, panes } = app;
  if (!panes.some((pane) => pane.privateChat.ids.length)) return;
  for (const [i, pane] of panes.entries()) {
    const { reader } = await post("readers", { first_name: ["Cleo", "Dan"][i] });
    while (!store.reader(reader.id)) await pause(SLICE_MS);
    app.swap(pane, reader.id);
  }
}

export async function playDemo(app) {
  const player = new Player();
  await actors(app);
  // What the visitor types would mix with what is played.
  byId("panes").inert = true;
  const [ada, ben] = app.panes.map((pane) => new Actor(app, pane, player));
  try {
    await privateScene(player, ada, ben);
    await groupScene(player, ada, ben);
    byId("panes").inert = false;
    ada.pane.focus();
    await player.say("Your turn: write on either side, tap, or open Operator to see what the bot does.");
    await player.wait(READ_MS * 2);
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    if (byId("panes").inert) ada.pane.conversation.composer.write("");
  }
  byId("panes").inert = false;
  player.el.remove();
  // Loaded again, the page does not play it again.
  history.replaceState(null, "", location.pathname);
  if (byId("panes").contains(document.activeElement)) return;
  app.front(ada.pane);
  ada.pane.focus();
}
