"""The sample county, brought in through the ordinary doors."""
