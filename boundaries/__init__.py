"""Administrative units, the lines between them, their tri-junctions and markers, and the rules for all of them."""

from boundaries import (  # noqa: F401 - registers and rules enter their lists when they are imported
    code_rules,
    coverage_rules,
    end_rules,
    joining,
    line_rules,
    lines,
    marker_rules,
    markers,
    network_rules,
    numbering_rules,
    shape_rules,
    side_rules,
    status_rules,
    tri_junction_rules,
    tri_junction_unit_rules,
    tri_junctions,
    units,
)
