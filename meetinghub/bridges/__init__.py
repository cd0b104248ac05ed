"""Where features meet that do not know each other: each bridge fits one's answer to another's question."""
