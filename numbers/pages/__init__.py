"""What each page shows, read from memory."""
