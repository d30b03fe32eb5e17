"""The WSGI door: a web request may hold a statement for five seconds."""

import os

from django.core.wsgi import get_wsgi_application

from loyalty_site.embedded.servers import hold_servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "5000")

hold_servers()
application = get_wsgi_application()
