#!/usr/bin/env python
"""Django's own commands, with the embedded database started for as long as the command runs."""

import sys

from guiju.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "manage")
    main()
