"""What the tests of place names may ask for beside what every test may."""

from tests.placenames.offices import little_county, named_template, names_office, naming_database

__all__ = ["little_county", "named_template", "names_office", "naming_database"]
