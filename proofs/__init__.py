"""Proofs that take too long for the tests: the service is hurt for real, many times, and its promises are counted."""
