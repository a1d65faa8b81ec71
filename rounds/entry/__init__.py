"""The entry sheet: one page with all a section owes for a request, over all its plans."""
