"""The language of names: characters, parts and sounds, their spelling in letters, and the tables that ship with them."""
