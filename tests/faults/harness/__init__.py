"""The fault harness: the real stack, random people, and everything that can happen to them.

`bin/manage faults` (short) and `bin/manage faults --long` run it; `bin/test` runs the short form. In reading order:
`proxy.py` and `rig.py` are the machine that is hurt, `people.py` and `acts.py` who works on it meanwhile, `faults.py`
and `breaking.py` what is done to it, `healing.py` and `run.py` how it is healed, drained, counted and told.
It imports no pytest, and the settings of Django only once its own servers run.
"""
