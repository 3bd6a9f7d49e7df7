"""Taking addresses apart as people write them; read `address_parse`, then what it calls, in that order."""
