this is not code
