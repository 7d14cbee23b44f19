"""Taps on buttons that admins get. Who taps is checked at each tap."""

from telegram import CallbackQuery

from bot.handlers import admin_adding, admin_articles
from bot.handlers.services import Context
from bot.views.admin_callbacks import (
    AddButton,
    CancelButton,
    ConfirmRemoveButton,
    ListButton,
    ManageButton,
    PublishButton,
    RemoveButton,
    parse_admin,
)


async def admin_tapped(query: CallbackQuery, context: Context) -> bool:
    """Do what a button for admins is for.

    Returns:
        False, and nothing was done, if it is no such button, or who tapped it is no admin.
    """
    button = parse_admin(query.data)
    if button is None or not context.services.desk.may_press(query):
        return False
    match button:
        case AddButton(key):
            await admin_adding.add(query, context, key)
        case CancelButton(key):
            await admin_adding.cancel(query, context, key)
        case ListButton(page):
            await admin_articles.turn(query, context.services, page)
        case ManageButton(article_id):
            await admin_articles.manage(query, context, article_id)
        case PublishButton(article_id):
            await admin_articles.publish(query, context, article_id)
        case RemoveButton(article_id):
            await admin_articles.ask_removal(query, context.services, article_id)
        case ConfirmRemoveButton(article_id):
            await admin_articles.remove(query, context, article_id)
    return True
