"""From a query string to validated filters, to queries, and to words: choices, chips and the sentence."""
