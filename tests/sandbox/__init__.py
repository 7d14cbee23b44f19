"""Tests of the sandbox, over real HTTP on the loopback."""
