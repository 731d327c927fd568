"""What several test modules share: builders, servers, readers. Test modules never import each other."""
