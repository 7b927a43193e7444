"""`python -m peerlearn.healthcheck`: ends with 0 where the server of this container answers that it is well.

It asks by address and names a host that the settings allow; it needs neither Django's start nor a database of its own.
"""

import http.client
import sys

from peerlearn import environment as env

SECONDS = 4


def main() -> int:
    host = env.words("PEERLEARN_ALLOWED_HOSTS", "localhost")[0].lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", env.integer("PORT", default=8000), timeout=SECONDS)
    try:
        connection.request("GET", "/health", headers={"Host": host})
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
