"""Deep linear networks in the square loss: critical points, their Hessians and their kinds."""

from landscape.linear.network import LinearNetwork

__all__ = ["LinearNetwork"]
