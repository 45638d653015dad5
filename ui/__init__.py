"""The browser app: pages over `experiments`, drawn in the visitor's browser, without the internet.

`ornok serve` and `solara run server.py` start it; `docs/app.md` says how it is built.
"""
