"""The story of a report before building, told in 事前报备.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps_reports"]

scenarios("事前报备.feature")
