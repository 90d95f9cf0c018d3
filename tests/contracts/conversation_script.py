"""One person's conversation, turn by turn: the same on every channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FIELDS = ("ANKER", "Model: A1263", "SN: AFVDC20G17301234")
NOTHING_FOUND = ("Tell me a brand and the model number",)
RECALLED = ("Product safety recall", "Stop using")
# Whatever is said, nobody is told that a thing is safe, or shown our insides.
NEVER = ("is safe", "good news", "Traceback", "{", "None")


@dataclass(frozen=True, slots=True)
class Turn:
    """What the person does, what the answer must have in it, and what not.

    To `press` is to press the button with that label, which says `typed`: that is what they
    type where an old button is not there any more. After `restart` the bot is another process.
    """

    does: Literal["say", "press", "photo", "restart"]
    what: str = ""
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    typed: str = ""
    attachment: str | None = None


def say(
    what: str, *has: str, lacks: tuple[str, ...] = (), attachment: str | None = None
) -> Turn:
    """Return a turn in which something is written or a command called."""
    return Turn("say", what, has, lacks, attachment=attachment)


def press(label: str, typed: str, *has: str, lacks: tuple[str, ...] = ()) -> Turn:
    """Return a turn in which a button is pressed."""
    return Turn("press", label, has, lacks, typed)


SCRIPT: tuple[Turn, ...] = (
    say("hello", *NOTHING_FOUND),
    say("Anker A1263", *RECALLED, "A1263", "cpsc.gov"),
    say("ankr A1263", *RECALLED, "A1263"),
    say("is my Anker A1268 recalled?", "Please check the number", "A1263"),
    press("A1263", "A1263", *RECALLED, "PowerCore 10000"),
    say("INIU BI-B41", *RECALLED, "serial number"),
    # An O where the maker prints zeros: asked about, never taken for "not recalled".
    say("OOOG211234567", "OOOG211234567", *RECALLED, lacks=("No recall found", "Not covered")),
    press("0 (the digit)", "0", *RECALLED, lacks=("No recall found", "Not covered")),
    say("sorry, I meant A1263", "I now read", "A1263", *RECALLED),
    say("IKEA CALYPSO 1820", "look again", "1820", "Stop using"),
    press("No", "no", "send me the date code", lacks=("Not covered",)),
    say("1820", "look again"),
    Turn("restart"),
    press("Yes", "yes", "Not covered by the recall", "1820"),
    say("I live in Japan", "Japan", "in another country"),
    say("white Anker A3130", *RECALLED, "A3130"),
    say("black Anker A3130", *RECALLED, "A3130"),
    Turn("photo", "", ("I read this on the label", "A1263", "AFVDC20G17301234", "not kept")),
    press("Yes", "yes", "A1263", *RECALLED),
    say("/add Anker A1263", "I will remember: Anker A1263"),
    say("Casely E33A", "Recalled", "every unit"),
    press("I have this", "I have this", "I will remember: Casely E33A"),
    say("/mine", "On your list", "Anker A1263", "Casely E33A"),
    press("Alerts", "/alerts", "Alerts:", "Quiet hours"),
    press("Daily", "/alerts daily", "once a day"),
    say("/alerts country JP", "Japan", "once a day"),
    say("/quiet 22-7", "Quiet hours", "10:00", "7:00"),
    say("/quiet off", "Quiet hours: none"),
    say("remove Casely E33A", "Removed from your list: Casely E33A"),
    say("/language de", "Deutsch"),
    say("/mine", "Auf Ihrer Liste", "Anker A1263", lacks=("Casely", "On your list")),
    say("/language en", "English"),
    say("Anker A1263", *RECALLED),
    say("/why", "where each fact comes from", "Consumer Product Safety Commission"),
    say("/claim", "What you get", "replacement"),
    say("/dispose", "hazardous-waste"),
    say("my power bank is smoking", "Get away from it first", "fire service"),
    say("/watch Anker", "You watch", "Anker"),
    say("/watch toys fire in Japan", "I watch for you", "Japan"),
    say("/link", "within 15 minutes", "/link "),
    say("asdf qwer zxcv", *NOTHING_FOUND),
    say("🔥🔋", *NOTHING_FOUND),
    say("هل تم سحب Anker A1263؟", *RECALLED, "A1263"),
    say("<b>Anker</b> A1263 & *_`~|", *RECALLED),
    say("x" * 5_000),
    say("/mydata", "everything I keep about you", attachment="recallbot.json"),
    say("/help", "/forget", "/mine"),
    say("/cancel", "Dropped"),
    say("/forget", "Delete everything I keep about you"),
    press("No", "/forget no", lacks=("is deleted",)),
    say("/mine", "On your list", "Anker A1263"),
    say("/forget", "Delete everything I keep about you"),
    press("Yes", "/forget yes"),
    say("/mine", lacks=("A1263", "Casely")),
)
