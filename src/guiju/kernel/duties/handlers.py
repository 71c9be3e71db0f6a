"""Which action signs a route, where a room has one of its own."""

from __future__ import annotations

_SIGNED_BY: dict[str, str] = {}


def sign_with(route: str, action: str) -> None:
    """Let a room's action, instead of the general ones, sign a route.

    Args:
        route: the route's key, such as ``R05-C009``.
        action: name of the action that emits the signature together with the room's own facts.
    """
    _SIGNED_BY[route] = action


def signing_action(route: str) -> str | None:
    """Return the room's action that signs a route, or None where the general ones do."""
    return _SIGNED_BY.get(route)
