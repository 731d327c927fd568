"""Tools for the database that know nothing of Quo: locks, snapshots, bulk inserts, pages of rows."""
