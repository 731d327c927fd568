"""What each user saves: filters and chosen columns."""
