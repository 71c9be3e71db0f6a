"""The worker: runs background jobs from the queue until told to stop, and finishes the running ones first."""

from __future__ import annotations


def run() -> None:
    """Work. Ends with an error when the database goes away; the supervisor starts it again."""
    from guiju.cli.runtime import setup_django

    setup_django()
    from django.core.management import call_command

    call_command("procrastinate", "worker", "--concurrency", "2")


if __name__ == "__main__":
    run()
