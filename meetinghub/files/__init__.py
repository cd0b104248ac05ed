"""Files that people send: recognised by what is in them, kept under the hash of their content."""
