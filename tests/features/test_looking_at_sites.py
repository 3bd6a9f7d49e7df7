"""The story of looking at facilities and cemeteries, told in 查设施.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps_sites"]

scenarios("查设施.feature")
