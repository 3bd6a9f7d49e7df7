"""The story of looking an address up, told in 查地址.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps", "tests.steps_names", "tests.steps_addresses"]

scenarios("查地址.feature")
