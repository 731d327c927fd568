"""Every query of what is remembered: numbers, teammates, search, freshness, the version and its cache."""
