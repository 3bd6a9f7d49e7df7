"""Words of commands: options that mean the same wherever they stand."""

from __future__ import annotations

from typing import Annotated

import typer

As = Annotated[str, typer.Option("--as", help="The user who does it; asks for the password, or takes JIEZHI_TOKEN.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
