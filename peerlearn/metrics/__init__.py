"""What Prometheus reads at `/metrics`: requests as they were answered here, and the state of the rows.

`requests` counts in this process (or in files that the workers of one server share), `state` asks the database when
somebody scrapes, `exposition` writes both down. Needs the package of requirements-prod.txt; without it nothing is
counted.
"""
