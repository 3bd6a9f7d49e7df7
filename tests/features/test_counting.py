"""The story of a plan and its progress, told in 进度.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps", "tests.steps_reviewing", "tests.steps_counting"]

scenarios("进度.feature")
