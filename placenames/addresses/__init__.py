"""The register of addresses and what is made of it; rooms of its own take addresses apart, check them and find them."""
