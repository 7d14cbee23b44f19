"""Faults and limits, which tests and the page switch on."""
