"""SAPIENT's words for what a thing is, and ours.

In: a classification tree, or a class.  Out: the other.  Does not: guess: a word that is not
here gives no class.

Ref: the air part of the core taxonomy of BSI Flex 335 v2.0, annex on classification.
"""

from __future__ import annotations

from typing import Any, Final

from bartizan.types import ObjectClass

# (class, sub-class) as they are sent
WORDS: Final[dict[ObjectClass, tuple[str, str]]] = {
    ObjectClass.MULTIROTOR: ("Air Vehicle", "UAV Rotary Wing"),
    ObjectClass.FIXED_WING: ("Air Vehicle", "UAV Fixed Wing"),
    ObjectClass.ONE_WAY_ATTACK: ("Air Vehicle", "UAV One-Way Attack"),
    ObjectClass.BIRD: ("Animal", "Bird"),
    ObjectClass.LIGHT_AIRCRAFT: ("Air Vehicle", "Manned Fixed Wing Light"),
    ObjectClass.HELICOPTER: ("Air Vehicle", "Manned Rotary Wing"),
    ObjectClass.AIRLINER: ("Air Vehicle", "Manned Fixed Wing"),
    ObjectClass.BALLISTIC: ("Projectile", "Rocket or Mortar"),
    ObjectClass.BALLOON: ("Air Vehicle", "Balloon"),
}
_MEANT: Final = {words[1].lower(): cls for cls, words in WORDS.items()} | {
    "rotary wing uav": ObjectClass.MULTIROTOR, "multirotor": ObjectClass.MULTIROTOR,
    "quadcopter": ObjectClass.MULTIROTOR, "fixed wing uav": ObjectClass.FIXED_WING,
    "helicopter": ObjectClass.HELICOPTER, "airliner": ObjectClass.AIRLINER,
}  # fmt: skip


def declared(classification: Any) -> tuple[int, float]:
    """The most confident class of ours in it, with its confidence; (0, 0) without one."""
    best = (0, 0.0)
    todo = [(c, 1.0) for c in classification]
    while todo:
        node, above = todo.pop()
        p = above * (node.confidence if node.HasField("confidence") else 1.0)
        cls = _MEANT.get(node.type.lower())
        if cls is not None and p > best[1]:
            best = (int(cls), min(p, 1.0))
        todo += [(s, p) for s in node.sub_class]
    return best
