"""The story of sending lists of facilities, told in 报设施.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps_sites", "tests.steps_site_lists"]

scenarios("报设施.feature")
