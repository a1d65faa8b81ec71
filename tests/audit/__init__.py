"""The audit of the public pages: `python -m tests.audit`, and the tests that share its parts."""
