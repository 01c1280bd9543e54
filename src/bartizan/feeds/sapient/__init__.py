"""SAPIENT (BSI Flex 335 v2.0): both ends of it, for detections alone.

In: messages of edge nodes; scans.  Out: scans; messages.  Does not: task anything, register
an effector, or speak of one.
"""

from bartizan.feeds.sapient.edge import EdgeNode
from bartizan.feeds.sapient.node import FusionNode, Peer, SapientParams
from bartizan.feeds.sapient.rules import mistakes
from bartizan.feeds.sapient.shim import WrongMessageError

__all__ = ["EdgeNode", "FusionNode", "Peer", "SapientParams", "WrongMessageError", "mistakes"]
