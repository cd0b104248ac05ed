"""Minutes of a meeting, the tasks they give, and who has taken note of them."""
