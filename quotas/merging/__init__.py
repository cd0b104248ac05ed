"""The weekly merge plan: which requests had better share a sitting, and how far that could go at best.

Pure throughout. The model and why it is so: docs/decisions/0017-what-a-merge-saves.md.
"""
