"""From what people write to the plate meant; read `address_reading`, `address_meanings`, `address_lookup` in turn."""
