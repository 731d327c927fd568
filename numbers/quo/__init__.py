"""Quo's API and nothing else: read-only, and the only package of the product that calls it.

It knows nothing of Django or of the app: the key, the address and the throttle's file are given to it.
`client` asks, `transport` carries, `throttle` paces, `payloads` reads the answers, `errors` says what failed.
"""
