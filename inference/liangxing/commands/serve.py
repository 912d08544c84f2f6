"""`liangxing serve`: the HTTP service and its page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from liangxing.commands.options import LocalOption
from liangxing.errors import DataError


def serve(
    host: Annotated[str, typer.Option(help="Other than loopback needs --keys.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    model: Annotated[
        str | None,
        typer.Option(help="Bundle folder or models:/NAME@ALIAS; else the bundled model."),
    ] = None,
    index: Annotated[
        Path | None, typer.Option(help="Folder of similar cases, for /v1/similar.")
    ] = None,
    local_thresholds: LocalOption = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes, each with its model.")] = 1,
    threads: Annotated[int, typer.Option(min=1, help="Threads of one prediction.")] = 1,
    queue: Annotated[int, typer.Option(min=0, help="Requests that may wait, per worker.")] = 16,
    deadline: Annotated[float, typer.Option(help="Seconds until a request is answered.")] = 10.0,
    keys: Annotated[Path | None, typer.Option(help="File of hashed API keys.")] = None,
    new_key: Annotated[
        str | None, typer.Option(help="Add a key of this name to --keys, print it, and stop.")
    ] = None,
    rate: Annotated[int, typer.Option(min=1, help="With --new-key: requests a minute.")] = 120,
    quota: Annotated[int, typer.Option(min=1, help="With --new-key: cases in 24 hours.")] = 20_000,
    state: Annotated[
        Path | None, typer.Option(help="Folder where keys' use is counted; else beside --keys.")
    ] = None,
    allowed_host: Annotated[
        list[str] | None, typer.Option(help="Host names that requests may name; repeatable.")
    ] = None,
    poll: Annotated[float, typer.Option(help="Seconds between looks for a newer model.")] = 5.0,
    log_cases: Annotated[
        bool, typer.Option("--log-cases", help="Let error messages, which quote cases, be logged.")
    ] = False,
) -> None:
    """Serve predictions, what-if, audit, law and a page over HTTP."""
    try:
        import fastapi  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError as error:
        raise DataError("the service needs its extra: pip install 'liangxing[serve]'") from error
    from liangxing.service.auth import new_key as made
    from liangxing.service.run import run
    from liangxing.service.settings import Settings

    if new_key is not None:
        if keys is None:
            raise DataError("--new-key needs --keys, the file for its hash")
        secret = made(keys, new_key, rate_per_minute=rate, cases_per_day=quota)
        typer.echo(secret)
        return
    run(
        Settings(
            host=host,
            port=port,
            model=model,
            index=index,
            local_thresholds=local_thresholds,
            workers=workers,
            threads=threads,
            queue=queue,
            deadline=deadline,
            keys=keys,
            state=state,
            allowed_hosts=tuple(allowed_host or ()),
            poll_seconds=poll,
            log_cases=log_cases,
        )
    )
