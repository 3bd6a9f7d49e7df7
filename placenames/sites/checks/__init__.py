"""What sites must satisfy: cemeteries, facilities, zones and graves, by the law and by their numbers."""
