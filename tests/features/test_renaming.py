"""The story of a renaming, told in 地名更名.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps_cases"]

scenarios("地名更名.feature")
