"""What today's tools say to the same trials, each used through its own library as its documentation recommends."""
