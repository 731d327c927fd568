"""A read-only client for Quo's API, which nothing else calls. It knows neither Django nor the app.

`client` is the interface, `transport` sends requests, `throttle` limits their rate, `payloads` parses the answers, and
`errors` explains failures.
"""
