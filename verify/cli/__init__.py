"""The command line: ``mirrorproof COMMAND``.

Exit status: 0 all is well, 1 a verdict is not what was hoped for, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

# name -> (module that holds the click command ``command``, what it does); modules are imported when called
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("verify.cli.run", "Verify the papers' claims."),
    "check": ("verify.cli.check", "Verify a claims file (TOML or Python)."),
    "explain": ("verify.cli.explain", "Show a claim: statement, derivation, verdict, evidence."),
    "gate": ("verify.cli.gate", "Fail where a verdict or its tier is worse than the lock file says."),
    "report": ("verify.cli.report", "Write the proof report."),
    "potential": ("verify.cli.potential", "Say what the theory knows of a mirror potential of your own."),
    "compare": ("verify.cli.compare", "Put several mirror maps or geometries side by side."),
    "reparam": ("verify.cli.reparam", "Say what the theory knows of a parameterization of your own."),
    "recipe": ("verify.cli.recipe", "Recommend hyperparameters, each with the claims it rests on."),
    "simulate": ("verify.cli.simulate", "Run one of the papers' experiments, resumable."),
    "train": ("verify.cli.train", "Run one of the papers' experiments that train networks, resumable."),
}
INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group that imports a command only when it is called, so that ``--help`` costs nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from verify.language.errors import did_you_mean

            raise click.UsageError(f"no such command: {args[0]}{did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in COMMANDS.items()])


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from verify.records import version

        click.echo(f"mirrorproof {version()}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """Verify the statements of research papers: attack them exactly, prove them exactly, say how strong the proof is.

    Exit status: 0 all is well, 1 a verdict is not as hoped, 2 bad input, 130 interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    try:
        status = cli.main(arguments, prog_name="mirrorproof", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        status = INTERRUPTED
    except click.UsageError as error:
        more = f"; {error.ctx.command_path} --help tells what there is" if error.ctx else ""
        click.echo(f"error: {' '.join(error.format_message().split()).rstrip('.')}{more}", err=True)
        status = error.exit_code
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on; that is no error of ours
        status = 1
    sys.exit(status if isinstance(status, int) else 0)
