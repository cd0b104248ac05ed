"""How a department asks for a meeting: the wish, riding along, approval; and the topics committees ask for."""
