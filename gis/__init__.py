"""The ground: shapes, files, registers, and the way from upload to publication. Knows no register by name."""
