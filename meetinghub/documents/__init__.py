"""Documents of a meeting, segment by segment."""
