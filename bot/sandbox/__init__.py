"""A local server that speaks the Telegram Bot API, so that the bot runs with no network.

server   SandboxServer: starts, stops, serves the page
botapi   /bot<token>/<method>, its table of methods in methods, writing and profile
control  /sandbox/...: what the page and the tests do in the place of readers
world    readers, chats, messages, callback queries, all in memory
limits   how often the bot may write, when somebody set that
faults   what goes wrong, when somebody ordered it
"""
