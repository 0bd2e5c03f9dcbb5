"""A company to look at: its people, and a few weeks of complaints in every stage.

Nothing is written past the product: `fill` calls what pages and API call, with a clock that runs through the past.
"""

from processes.demo.story import fill

__all__ = ["fill"]
