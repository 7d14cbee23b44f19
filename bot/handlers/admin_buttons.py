"""Taps on buttons that admins get. Who taps is checked at each tap."""

from telegram import CallbackQuery

from bot.handlers import admin_adding, admin_articles
from bot.handlers.services import Context
from bot.views.admin_callbacks import AdminAction, parse_admin


async def admin_tapped(query: CallbackQuery, context: Context) -> bool:
    """Do what a button for admins is for.

    Returns:
        False, and nothing was done, if it is no such button, or who tapped it is no admin.
    """
    button = parse_admin(query.data)
    if button is None or not context.services.desk.may_press(query):
        return False
    target = button.target
    match button.action:
        case AdminAction.ADD:
            await admin_adding.add(query, context, target)
        case AdminAction.CANCEL:
            await admin_adding.cancel(query, context, target)
        case AdminAction.LIST:
            await admin_articles.turn(query, context.services, int(target))
        case AdminAction.MANAGE:
            await admin_articles.manage(query, context, target)
        case AdminAction.PUBLISH:
            await admin_articles.publish(query, context, target)
        case AdminAction.REMOVE:
            await admin_articles.ask_removal(query, context.services, target)
        case AdminAction.CONFIRM_REMOVE:
            await admin_articles.remove(query, context, target)
    return True
