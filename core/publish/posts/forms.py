"""In how many words a post is said, from the richest form to the leanest."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say a recall; every one of them says everything a post must say.

    `full` takes the sentences of alerts, as steps. `name` is how many characters the product
    gets, `models` how many of its numbers, `amounts` whether the remedy is exact, `quote`
    whether the notice's words on where to look stand in it. `bare` takes the fewest words,
    `essential` leaves out the number and the remedy: for what hangs on a post that has them.
    `numbered` gives the number of the notice.
    """

    full: bool
    models: int
    name: int
    contacts: int = 0
    others: bool = True
    amounts: bool = True
    quote: bool = True
    tag: bool = False
    bare: bool = False
    essential: bool = False
    numbered: bool = True


MOST_NAME, MOST_MODELS = 140, 40


def _bare(models: int, name: int) -> Form:
    lean = Form(full=False, models=models, name=name, others=False, quote=False)
    return replace(lean, amounts=False, bare=True)


RICHEST = Form(full=True, models=MOST_MODELS, name=MOST_NAME, contacts=3)
# Where one of these fits, nothing of weight is left for a second post.
WHOLE = (
    Form(full=True, models=MOST_MODELS, name=MOST_NAME, contacts=3, tag=True),
    RICHEST,
    Form(full=True, models=MOST_MODELS, name=MOST_NAME, contacts=1),
    Form(full=True, models=MOST_MODELS, name=MOST_NAME),
)
LEANER = (
    Form(full=True, models=12, name=MOST_NAME),
    Form(full=True, models=6, name=MOST_NAME),
    Form(full=False, models=6, name=MOST_NAME, tag=True),
    Form(full=False, models=6, name=MOST_NAME),
    Form(full=False, models=6, name=MOST_NAME, quote=False, tag=True),
    Form(full=False, models=6, name=MOST_NAME, quote=False),
    Form(full=False, models=3, name=100, quote=False),
    Form(full=False, models=3, name=100, others=False, quote=False),
    Form(full=False, models=3, name=80, others=False, amounts=False, quote=False),
    *(
        Form(full=False, models=2, name=name, others=False, amounts=False, quote=False)
        for name in (70, 60, 50)
    ),
)
BARE = (
    *(_bare(3, name) for name in (80, 60)),
    *(_bare(1, name) for name in (60, 50, 40, 32, 24, 18, 12)),
)
FORMS = (*WHOLE, *LEANER, *BARE)
# Only for what became of a recall that a whole post was about.
ESSENTIAL = tuple(replace(_bare(1, name), essential=True) for name in (60, 40, 24, 12))
# Where the numbers that changed take the room, they alone tell which product it is.
LEAST = (
    ESSENTIAL[-1],
    replace(ESSENTIAL[-1], numbered=False),
    replace(ESSENTIAL[-1], numbered=False, name=0),
)
