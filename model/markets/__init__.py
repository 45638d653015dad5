"""Markets: the only code that changes two kinds of agents at once."""
