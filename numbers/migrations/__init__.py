"""How stored data changed from version to version. They import none of our code."""
