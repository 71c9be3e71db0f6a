"""Settings of the web server, read by gunicorn."""

from __future__ import annotations

from pathlib import Path

from guiju.config.environment import environment

_env = environment()
wsgi_app = "guiju.config.wsgi:application"
bind = f"{_env.bind}:{_env.port}"
workers = _env.web_workers
threads = _env.web_threads
worker_class = "gthread"
timeout = 60
graceful_timeout = 20
keepalive = 5
# Many requests end a worker now and then, so that a leak in a library never grows old.
max_requests = 20_000
max_requests_jitter = 2_000
# Its default place is the home directory, which a service may not have.
control_socket_disable = True
# Workers touch a file as a sign of life; in memory that never waits for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
accesslog = None
loglevel = "warning"
forwarded_allow_ips = "*" if _env.proxies else "127.0.0.1"
proc_name = "guiju-web"
