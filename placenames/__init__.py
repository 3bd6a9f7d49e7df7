"""Place names, addresses and sites: their registers move in with their stories."""
