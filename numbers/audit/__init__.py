"""The restrictions audit: numbers in groups, and the outliers in each group."""
