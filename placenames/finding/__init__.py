"""Finding a place by anything it is or was called; read `search_words`, `gazetteer`, `found`, `biographies`."""
