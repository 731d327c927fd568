"""Database tools that know nothing about Quo: locks, snapshots, bulk inserts, compiled queries, paging."""
