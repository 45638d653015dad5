"""The model against published findings: what is asked, how it is measured, what came out.

`targets.csv` is the list; `p1_multiplier.py` to `p9_cars.py` measure one target each, as the
papers did and as a twin world shows it; `protocol.py` puts verdicts together; docs/evidence.md is the
page. The rules of decision stand in `targets.csv`, `verdict.py` and the page, and were written down
before the first run was read.
"""
