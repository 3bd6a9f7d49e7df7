"""Words of commands: options that mean the same wherever they stand."""

from __future__ import annotations

from typing import Annotated

import typer

As = Annotated[str, typer.Option("--as", help="The user who does it; asks for the password, or takes JIEZHI_TOKEN.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Title = Annotated[str, typer.Option(help="What it is called in the list of submissions; otherwise as its first file is.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence; it is kept.")]
