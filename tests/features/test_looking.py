"""The story of looking at any day, told in 查图.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps", "tests.steps_reviewing", "tests.steps_looking"]

scenarios("查图.feature")
