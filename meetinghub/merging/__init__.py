"""The weekly merge plan of this installation: what was proposed, and what a coordinator accepted of it."""
