"""Drawing: what is stored below becomes maps and charts; nothing here decides or changes anything."""
