"""What became of a meeting that is over: its sealed sheet, corrections of it, and the paper they are printed on."""
