"""绩问 JiWen as a web app, from a checkout: the same as `jiwen serve`."""

import sys

from assistant.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["serve"]))
