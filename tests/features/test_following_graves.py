"""The story of following graves outside cemeteries, told in 查违法墓葬.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps_graves"]

scenarios("查违法墓葬.feature")
