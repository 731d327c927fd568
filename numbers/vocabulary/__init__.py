"""Words without a database: cells, telephone numbers, folded and safe text, links."""
