"""Meetings in people's own calendars: feeds (RFC 5545), invitations (RFC 5546) and their answers."""
