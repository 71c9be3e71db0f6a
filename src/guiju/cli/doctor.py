"""`guiju doctor`: is everything in order on this machine?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(*, as_json: bool) -> None:
    """Look for what is wrong here. Exit status 0 when all is well, 1 otherwise."""
    from guiju.cli.runtime import ready
    from guiju.config.environment import environment
    from guiju.server import checks

    findings = list(checks.machine(environment()))
    try:
        with ready(migrated=False) as env:
            findings += [*checks.database(env), *checks.product(env)]
    except Exception as error:  # noqa: BLE001 (whatever it is, it belongs into the report)
        findings.append(checks.Finding("database", False, str(error).strip()))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            mark = click.style("ok  ", fg="green") if finding.well else click.style("FAIL", fg="red")
            click.echo(f"{mark} {finding.check:<12} {finding.detail}")
    sys.exit(0 if all(finding.well for finding in findings) else 1)
