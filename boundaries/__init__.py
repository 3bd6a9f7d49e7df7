"""Administrative units, the lines between them, their tri-junctions and markers."""
