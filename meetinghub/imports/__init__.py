"""Meetings held before the product was: brought in from .ics, CSV and XLSX, counted as history, never planned."""
