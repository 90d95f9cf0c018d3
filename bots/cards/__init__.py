"""Pictures of recalls: `draw.draw(Card | Chart, photo)` and `fonts.fonts_checkup()`."""
