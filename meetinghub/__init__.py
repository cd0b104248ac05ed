"""MeetingHub: one main venue, its committee rooms, and the ledger they share."""
