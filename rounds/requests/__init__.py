"""照会: what is due from whom, how far it has come, and the chase after it."""
