"""What each person keeps: saved filters and chosen columns."""
