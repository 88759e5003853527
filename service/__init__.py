"""The read side: search core, command line and the only HTTP."""
