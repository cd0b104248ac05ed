"""A LiveKit-compatible media server: rooms, participants, tracks, permissions. It knows nothing of departments."""
