"""The product's settings, in a data directory of their own and without what only costs time in tests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Workers of pytest-xdist are children of the first process and inherit its directory.
_DIRECTORY = os.environ.setdefault("GUIJU_TEST_DATA_DIR", "") or tempfile.mkdtemp(prefix=f"guiju-test-{os.getpid()}-")
os.environ.update(GUIJU_TEST_DATA_DIR=_DIRECTORY, GUIJU_DATA_DIR=_DIRECTORY, GUIJU_DATABASE_ROLE="guiju_owner")
os.environ.update(GUIJU_SECRET_KEY="only-for-tests", GUIJU_HTTPS="0", GUIJU_DEBUG="0", GUIJU_DEMO="0", GUIJU_HOSTS="")

from guiju.config.settings import *  # noqa: E402, F403
from guiju.config.settings import STORAGES  # noqa: E402

Path(_DIRECTORY, "static").mkdir(exist_ok=True)
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
