"""Cases, from the draft to the announcement; read `cases`, `case_drafts`, `case_moves`, `case_publishing`."""
