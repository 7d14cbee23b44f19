// A scene of two readers, played on the page.

import { post } from "./api.js";
import { button, byId, calm, h, pause, setText } from "./dom.js";

const SPEEDS = [1, 2, 4];
const SLICE_MS = 40;
const LETTER_MS = 35;
const READ_MS = 3200;
const PATIENCE_MS = 8000;
// So begins what the article bot's buttons send.
const QUESTION = "q:";
const REACTION = "r:";
// By the article's id.
const IN_UKRAINIAN = { "us-ukraine-security-guarantees": "хто має схвалити пакет?" };

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
    this.buttons = h("div.demo-buttons", this.pauseButton, step, this.speedButton, this.button("Skip", () => { this.skipped = true; }));
    this.el = h("section.demo", { "aria-label": "Demo" }, this.caption, this.buttons);
    byId("line").after(this.el);
  }

  button(label, onclick) {
    return button("plain", { onclick }, label);
  }

  pause(on) {
    this.paused = on;
    setText(this.pauseButton, on ? "Go on" : "Pause");
  }

  check() {
    if (this.skipped) throw new Error("Skipped.");
  }

  async wait(ms) {
    for (let left = ms; left > 0; left -= SLICE_MS * SPEEDS[this.speed]) {
      this.check();
      await pause(SLICE_MS);
    }
  }

  // A step begins; where the demo is paused, only when it is asked for.
  async say(text) {
    while (this.paused && !this.steps && !this.skipped) await pause(SLICE_MS);
    this.check();
    this.steps = Math.max(0, this.steps - 1);
    setText(this.caption, text);
  }

  // what: the name of what is waited for.
  async until(found, what) {
    for (let left = PATIENCE_MS; left > 0; left -= SLICE_MS) {
      this.check();
      const it = found();
      if (it) return it;
      await pause(SLICE_MS);
    }
    throw new Error(`${what} did not come.`);
  }

  // Why it could not go on stands there until it is read.
  fail(why) {
    setText(this.caption, `The demo ends here: ${why}`);
    this.buttons.replaceChildren(this.button("Close", () => this.el.remove()));
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
    await this.player.until(() => chat.ids.some((id) => id > before && this.pane.store.isBots(chat.messages.get(id))), "the bot’s answer");
  }

  // The buttons that send this, of the newest message that has any.
  offered(data) {
    const { chat, conversation } = this.pane;
    const offers = chat.ids.map((id) => {
      const { buttons = [], keys } = conversation.log.views.get(id)?.keyboard ?? {};
      return buttons.map((given, i) => ({ ...given, key: keys[i] })).filter((each) => each.callback_data?.startsWith(data));
    });
    return offers.findLast(({ length }) => length);
  }

  async tap(data) {
    this.app.front(this.pane);
    const [{ key, ...given }] = await this.player.until(() => this.offered(data), "a reaction to tap");
    key.classList.add("pointed");
    await this.player.wait(700);
    key.classList.remove("pointed");
    key.click();
    await this.player.wait(900);
    return given;
  }

  async start() {
    await this.open(this.pane.privateChat);
    await this.player.wait(600);
    await this.pane.start();
    return this.player.until(() => this.offered(QUESTION), "a message with sample questions");
  }

  async choose(text) {
    const { composer } = this.pane.conversation;
    await this.type(text);
    const first = await this.player.until(() => composer.inline.query && composer.listbox.items[0], "the list of passages");
    composer.listbox.activate(0);
    await this.player.wait(READ_MS / 2);
    await composer.inline.choose(first);
  }
}

// A group that both are in, with the bot.
async function groupOf(player, store, one, other) {
  const fits = (chat) => chat.type === "supergroup" && !chat.bot_status && !store.channelOf(chat) && chat.readers.includes(other.id);
  const found = () => store.chatsOf(one.id).find(fits);
  if (!found()) await post("groups", { title: "Readers’ club", readers: [one.id, other.id] });
  return player.until(found, "the group");
}

const articleOf = ({ callback_data: data }) => data.split(":")[1];

async function privateScene(player, ada, ben) {
  await player.say(`${ada.name} and ${ben.name} read the same article. ${ada.name} opens the bot’s chat and presses START.`);
  const offered = await ada.start();
  // Of one article, as its reactions are what both see.
  const questions = offered.filter((each) => articleOf(each) === articleOf(offered[0])).map(({ text }) => text);
  await player.wait(READ_MS);
  await player.say(`${ada.name} asks a question that the bot suggests. The answer comes in the article’s own words, the answering sentence in bold.`);
  await ada.write(questions[0]);
  await player.wait(READ_MS);
  await player.say("Below it are the reactions. A tap is a vote.");
  const { text, callback_data: reaction } = await ada.tap(REACTION);
  await player.wait(READ_MS / 2);
  const foreign = ben.pane.store.bot.is_multilingual && IN_UKRAINIAN[articleOf(offered[0])];
  await player.say(`${ben.name} asks${foreign ? " in Ukrainian" : ", too"}. ${ada.name}’s ${text.split(" ")[0]} stands there already: reactions belong to the article.`);
  await ben.start();
  await ben.write(foreign || (questions[1] ?? questions[0]));
  await player.wait(READ_MS);
  await player.say(`${ben.name} taps too, and both see the same counts at once.`);
  await ben.tap(reaction);
  await player.wait(READ_MS);
  return questions.at(-1);
}

async function groupScene(player, ada, ben, question) {
  const { store } = ada.pane;
  const group = await groupOf(player, store, ada.pane.reader, ben.pane.reader);
  await player.say("In a group the bot stays silent until somebody mentions it, and answers what was asked.");
  await ada.open(group);
  await ben.open(group);
  await ben.write(`@${store.bot.username} ${question}`);
  await player.wait(READ_MS);
  await player.say("In any chat, type the bot’s name and a question, and send a passage from the list.");
  await ada.choose(`@${store.bot.username} ${question}`);
  await player.wait(READ_MS);
}

// Who tapped already would take votes back: then others play.
async function actors(app, player) {
  const { store, panes } = app;
  if (panes.some((pane) => pane.privateChat.ids.length)) {
    for (const [i, pane] of panes.entries()) {
      const { reader } = await post("readers", { first_name: ["Cleo", "Dan"][i] });
      await player.until(() => store.reader(reader.id), "another reader");
      app.swap(pane, reader.id);
    }
  }
  return panes.map((pane) => new Actor(app, pane, player));
}

export async function playDemo(app) {
  const player = new Player();
  const main = byId("panes");
  // What the visitor types would mix with what is played.
  main.inert = true;
  try {
    const [ada, ben] = await actors(app, player);
    const question = await privateScene(player, ada, ben);
    await groupScene(player, ada, ben, question);
    main.inert = false;
    ada.pane.focus();
    await player.say("Your turn: write on either side, tap, or open Operator to see what the bot does.");
    await player.wait(READ_MS * 2);
    player.el.remove();
  } catch (error) {
    if (main.inert) for (const pane of app.panes) pane.conversation.composer.write("");
    if (player.skipped) player.el.remove();
    else player.fail(error.message);
  } finally {
    main.inert = false;
    // Loaded again, the page does not play it again.
    history.replaceState(null, "", location.pathname);
  }
  if (main.contains(document.activeElement)) return;
  app.front(app.panes[0]);
  app.panes[0].focus();
}
