"""Run as ``python -m bot``, which is ``article-bot``."""

from bot.cli import main

if __name__ == "__main__":
    main()
