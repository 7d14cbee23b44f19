"""A local server that speaks the Telegram Bot API, so that the bot runs with no network.

server        SandboxServer: starts, stops, serves the page
botapi        /bot<token>/<method>, its table of methods in methods, writing, answers and profile
control       /sandbox/...: what the page and the tests do in the place of readers; its table of
              paths names what does it: readers, asking, groups, channels, links and orders
world         all that there is, in memory
chats         readers and private chats; shared_chats has groups and channels
inline        inline queries and their cache; results are what the bot may offer
guests        questions from groups that the bot is not in
limits        how often the bot may write, when somebody set that
faults        what goes wrong, when somebody ordered it
scene         what the sandbox command has from the beginning
watching      what operators watch on the page
"""
