"""python -m bench [NAME …] [--rows N] [--json]: runs the measurements of this folder, each on the same freshly filled servers.

A measurement is a module of this package with `run(stack) -> Table`. Without names all of them run, except those that
say `SLOW = True`. A name picks every module that begins with it: `mail` runs `mail_rate` and `mail_storm`. `--rows` is for those whose
`run` takes `rows`: the size of what is measured.
"""

import argparse
import importlib
import inspect
import json
import pkgutil
import sys
from types import ModuleType

import bench
from bench.stack import Stack
from portal.local.home import Refusal


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measurements that print ratios.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; the beginning of a name is enough")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of tables")
    parser.add_argument("--rows", type=int, help="of the imported table, in place of the usual 1,040")
    options = parser.parse_args()
    with Stack() as stack:
        # Only now: measurements may import models, and these need the settings of the stack.
        chosen = choose(measurements(), options.names)
        tables = []
        for name, module in chosen.items():
            print(f"{name} …", file=sys.stderr, flush=True)
            takes_rows = options.rows and "rows" in inspect.signature(module.run).parameters
            tables.append(module.run(stack, rows=options.rows) if takes_rows else module.run(stack))
            if not options.json:
                print(f"\n{tables[-1]}", flush=True)
        if options.json:
            print(json.dumps([table.as_dict() for table in tables], ensure_ascii=False, indent=2))


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
        main()
    except Refusal as refusal:
        sys.exit(str(refusal))
