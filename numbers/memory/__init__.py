"""All queries of the memory, each with a name and a moment; its freshness, its version and the cache."""
