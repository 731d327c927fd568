"""Links, times and tables for templates."""
