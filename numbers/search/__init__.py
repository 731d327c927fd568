"""Search: the words of what people type, the texts they are looked for in, and the index that spares reading those."""
