// Menus, and that of one message: reply, quote, copy, edit, delete.

import { arrow, button, h, icon } from "./dom.js";

const MARGIN = 8;

// What of a message is selected just now; "" when it is nothing of it.
function selectedIn(view) {
  const selection = getSelection();
  if (selection.isCollapsed || !view.bubble.contains(selection.anchorNode) || !view.bubble.contains(selection.focusNode)) return "";
  const text = selection.toString().trim();
  return view.message.text?.includes(text) ? text : "";
}

function mayDelete(pane, view) {
  const { chat, reader } = pane;
  return view.own || chat.type === "private" || chat.readers[0] === reader.id || Boolean(chat.admins?.includes(reader.id));
}

function entries(pane, view) {
  const { composer } = pane.conversation;
  const { message } = view;
  const quote = selectedIn(view);
  const canWrite = !composer.el.hidden;
  const canEdit = view.own && message.text !== undefined && !message.via_bot;
  return [
    canWrite && ["Reply", "reply", () => composer.take({ kind: "reply", message })],
    canWrite && quote && ["Quote the selection", "quote", () => composer.take({ kind: "reply", message, quote })],
    message.text && ["Copy text", "copy", () => copy(pane, message.text)],
    canEdit && ["Edit", "edit", () => composer.take({ kind: "edit", message })],
    mayDelete(pane, view) && ["Delete", "delete", () => remove(pane, message)],
  ].filter(Boolean);
}

async function copy(pane, text) {
  try {
    await navigator.clipboard.writeText(text);
    pane.toast("Copied.");
  } catch {
    pane.toast("This browser does not let the page copy.", true);
  }
}

function remove(pane, message) {
  return pane.request("messages/delete", { reader: pane.reader.id, chat: pane.chat.id, message_id: message.message_id });
}

function onKey(event, menu) {
  if (arrow(event, [...menu.children]) || (event.key !== "Escape" && event.key !== "Tab")) return;
  event.preventDefault();
  event.stopPropagation();
  menu.hidePopover();
}

export const openMenu = (pane, view, place) => popMenu("Message", entries(pane, view), place);

// choices: of label, icon and what a choice does. place: { x, y } in the window.
export function popMenu(title, choices, place) {
  const menu = h("div.menu", { role: "menu", popover: "auto", "aria-label": title });
  const choose = (act) => {
    menu.hidePopover();
    act();
  };
  for (const [label, name, act] of choices) {
    menu.append(button(name === "delete" ? "bad" : null, { role: "menuitem", tabindex: "-1", onclick: () => choose(act) }, icon(name), label));
  }
  if (!menu.children.length) return;
  const before = document.activeElement;
  menu.addEventListener("keydown", (event) => onKey(event, menu));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    if (document.activeElement === document.body || menu.contains(document.activeElement)) before?.focus({ preventScroll: true });
    menu.remove();
  });
  document.body.append(menu);
  menu.showPopover();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(MARGIN, Math.min(place.x, innerWidth - width - MARGIN))}px`;
  menu.style.top = `${Math.max(MARGIN, Math.min(place.y, innerHeight - height - MARGIN))}px`;
  menu.firstElementChild.focus({ preventScroll: true });
}
