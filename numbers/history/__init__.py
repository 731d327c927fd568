"""What changed over time, and the words for each change."""
