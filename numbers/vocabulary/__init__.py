"""Terms and text, without a database: cells, telephone numbers, folding, isolation, links."""
