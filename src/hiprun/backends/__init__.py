"""Other ways to answer what the inference answers, with the same results: compiled to Python functions."""
