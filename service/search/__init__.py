"""The search core: plain values in, plain values out; knows no web framework."""
