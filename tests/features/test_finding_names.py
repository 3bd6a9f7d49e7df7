"""The story of finding a place name, told in 查地名.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps", "tests.steps_names"]

scenarios("查地名.feature")
