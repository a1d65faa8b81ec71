"""The public pages. Each view finds what is published and hands finished values to a template.

Nothing here depends on who reads: a page is the same for everyone and answers by ETag.
"""
