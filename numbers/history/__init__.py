"""What changed over time, and each change in words."""
