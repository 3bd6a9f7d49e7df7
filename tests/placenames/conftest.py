"""What the tests of place names may ask for beside what every test may."""

from tests.placenames.offices import named_template, names_office

__all__ = ["named_template", "names_office"]
