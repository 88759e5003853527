"""The compiled index: posting lists, impacts and dictionaries as flat arrays that serving maps into memory.

It is made from the same tokens as the Whoosh index of the snapshot and can be made again from it; nothing in it is
needed to restore anything.
"""
