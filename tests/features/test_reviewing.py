"""The story of reviewing and publishing, told in 审核.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps", "tests.steps_reviewing"]

scenarios("审核.feature")
