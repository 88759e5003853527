"""What operators may change while the service runs, and who is one; it knows no web framework."""
