#!/usr/bin/env python
"""Command line of the site."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from loyalty_site.embedded.place import EmbeddedServerError
from loyalty_site.embedded.servers import hold_servers

WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "version",
}


def main(arguments: list[str]) -> None:
    """Run one command, with a database under it where it needs one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
    command = arguments[1] if len(arguments) > 1 else "help"
    asks = {"-h", "--help", "--version"} & set(arguments)
    if not (asks or command in WITHOUT_DATABASE) or "--database" in arguments:
        try:
            hold_servers()
        except (EmbeddedServerError, ImproperlyConfigured) as error:
            sys.exit(str(error))
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)
