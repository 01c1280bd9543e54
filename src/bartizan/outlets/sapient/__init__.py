"""SAPIENT upwards: the site's watch as a child fusion node of another."""

from bartizan.outlets.sapient.messages import Ack, Child
from bartizan.outlets.sapient.outlet import SapientOutlet, SapientUpParams

__all__ = ["Ack", "Child", "SapientOutlet", "SapientUpParams"]
