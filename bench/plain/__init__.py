"""The plain way: the list and the first sync as a tutorial would write them, to measure beside the product's own."""
