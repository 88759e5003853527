"""The commands of `procsearch` that read: one module each, or one for those that belong together."""
