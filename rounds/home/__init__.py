"""今すること of the year: what requests, working rows and publications ask of a person today."""

from .telling import told_to

__all__ = ["told_to"]
