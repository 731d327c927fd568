"""Helpers that several test modules share. Test modules never import each other."""
