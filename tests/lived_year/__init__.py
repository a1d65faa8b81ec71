"""One year of みほん市, lived through by its people: as a test, and for anyone to watch."""
