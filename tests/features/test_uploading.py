"""The story of sending a survey, told in 上传.feature and acted over HTTP on a real PostGIS."""

from pytest_bdd import scenarios

pytest_plugins = ["tests.steps"]

scenarios("上传.feature")
