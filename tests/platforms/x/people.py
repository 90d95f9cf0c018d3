"""What people do on X."""

from __future__ import annotations

from dataclasses import dataclass

from tests.platforms.x.accounts import Account
from tests.platforms.x.posts import MENTION, Post
from tests.platforms.x.world import World


@dataclass(eq=False, slots=True)
class Person:
    """Somebody with an account of their own."""

    world: World
    account: Account

    @property
    def handle(self) -> str:
        """Return their name on X, without the @."""
        return self.account.handle

    def says(self, text: str) -> Post:
        """Post something."""
        return self.world.add(self.world.written(self.account, text))

    def mentions(self, text: str) -> Post:
        """Post something that names somebody."""
        if not MENTION.search(text):
            raise ValueError("that mentions nobody")
        return self.says(text)

    def replies(self, text: str, to: Post) -> Post:
        """Answer a post; its author is named in front, which summons nobody (*second-hand*)."""
        return self.world.add(self.world.written(self.account, text, reply_to=to))

    def quotes(self, text: str, post: Post) -> Post:
        """Post something about a post, with that post in it."""
        return self.world.add(self.world.written(self.account, text, quoted=post))

    def reposts(self, post: Post) -> Post:
        """Show a post to their own readers."""
        text = f"RT @{post.author.handle}: {post.text}"
        world = self.world
        shown = Post(world.numbers(), self.account, text, world.now(), reposted=post)
        return world.add(shown)

    def deletes(self, post: Post) -> None:
        """Take a post of theirs back."""
        if post.author is not self.account:
            raise ValueError("that is somebody else's")
        post.deleted = True
        self.world.touch()
