"""What a survey counted before: the period against which the burden of meetings is held."""
