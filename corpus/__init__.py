"""The procedure documents and their format. Imports nothing of ours but itself."""
