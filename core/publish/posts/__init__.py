"""From a recall to the posts of a public account: pure, each part exactly one platform post.

platform    Platform, Fits, DoesNotFit: what a platform takes, and that a text does not fit
recalls     recall_post(notices, style, reader, platform) -> parts
corrections correction_post(correction, style, reader, platform, replies=…) -> Corrected
summaries   summary_post(missed, style, reader, platform) -> parts
round_ups   round_up_post(week, style, reader, platform) -> parts, the first with a Chart
advisories  advisory_post(advisory, style, reader, platform) -> parts
cards       card_of(notices, style, reader) -> Card
elements    expected(sort), missing(text, words, wanted) -> what a text does not say
"""
