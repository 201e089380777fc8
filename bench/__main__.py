"""python -m bench [NAME …] [--write FILE] [--json]: the measurements of this folder, on the same freshly filled servers.

A measurement is a module of this package with `run(stack) -> Table`. Without names all of them run, except those that
say `SLOW = True`. A name picks every module that begins with it: `mail` runs `mail_rate` and `mail_storm`. The sizes (`--rows`,
`--partners` …) are for those whose `run` takes them.
"""

import argparse
import importlib
import inspect
import json
import os
import pkgutil
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import bench
from bench.stack import Stack
from bench.table import Table
from portal.local.home import Refusal

SIZES = ("rows", "partners", "programmes", "processes", "rounds")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measurements that print ratios.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; the beginning of a name is enough")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of tables")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the tables there as well, as Markdown")
    parser.add_argument("--rows", type=int, help="of the imported table, in place of the usual 1,040")
    parser.add_argument("--partners", type=int, nargs=2, help="of a small and a large programme, usually 1000 20000")
    parser.add_argument("--programmes", type=int, help="on the platform in the end, usually 47")
    parser.add_argument("--processes", type=int, nargs="+", help="of the web, usually 1 4")
    parser.add_argument("--rounds", type=int, help="of each comparison of pages, usually 12")
    options = parser.parse_args()
    with Stack() as stack:
        # Only now: measurements may import models, and these need the settings of the stack.
        chosen = choose(measurements(), options.names)
        tables = []
        for name, module in chosen.items():
            print(f"{name} …", file=sys.stderr, flush=True)
            sizes = {size: getattr(options, size) for size in SIZES if getattr(options, size) is not None}
            taken = inspect.signature(module.run).parameters
            tables.append(module.run(stack, **{size: sizes[size] for size in sizes if size in taken}))
            if not options.json:
                print(f"\n{tables[-1]}", flush=True)
        if options.json:
            print(json.dumps([table.as_dict() for table in tables], ensure_ascii=False, indent=2))
        if options.write:
            options.write.write_text(as_markdown(tables, " ".join(sys.argv[1:])))
    return 0 if all(table.holds for table in tables) else 1


def as_markdown(tables: list[Table], arguments: str) -> str:
    """With the command that prints the same again, and what it ran on."""
    head = f"""# Measurements

Printed by `python -m bench {arguments}` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} processors, Python {platform.python_version()},
servers and load on the same machine. Read the ratios; docs/development.md says how.
"""
    return "\n".join([head, *(f"```\n{table}```\n" for table in tables)])


def measurements() -> dict[str, ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__")
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def choose(modules: dict[str, ModuleType], names: list[str]) -> dict[str, ModuleType]:
    if not names:
        return {name: module for name, module in modules.items() if not getattr(module, "SLOW", False)}
    if unknown := [name for name in names if not any(known.startswith(name) for known in modules)]:
        raise Refusal(f"No measurement begins with {', '.join(unknown)}. There are: {', '.join(modules)}.")
    return {known: module for known, module in modules.items() if known.startswith(tuple(names))}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refusal as refusal:
        sys.exit(str(refusal))
