"""What meetings cost the committees: counted from what happened, kept as rows, shown with their source."""
