"""Engines that answer search requests; base.py holds the contract."""
