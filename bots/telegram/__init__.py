"""The Telegram channel: python-telegram-bot, translated into the contract of channels."""
