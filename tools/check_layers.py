#!/usr/bin/env python3
"""Checks that every module includes only what its layer may see. Runs as a test and in ./dev lint.

The table is the architecture: a module may include itself, `base`, `schema`, and the modules named in its row; a row's
modules bring theirs with them. Plug-ins see their contract and `format`, never each other.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYERS = {
    "base": [],
    "schema": ["base"],
    "config": [],
    "format": [],
    "jail": [],
    "process": [],
    "net": [],
    "sql": [],
    "engine": ["format"],
    "operation": ["engine", "net"],
    "storage": ["operation", "format", "net"],
    "job": ["operation"],
    "account": [],
    "worker": ["jail", "process"],
    "pdf": [],
    "store": ["sql", "job", "account"],
    "event": ["store", "net"],
    "scheduler": ["store", "event", "storage", "operation"],
    "execution": ["scheduler", "process", "net", "format"],
    "http": [],
    "api": ["http", "account", "job", "store", "scheduler", "event", "operation", "storage", "format"],
}
PLUGINS = {"engines": ["engine", "format"], "operations": ["operation", "engine", "format", "net"], "storages": ["storage", "operation", "engine", "format", "net"]}
# A resident worker program may see the frame it runs in; tests may see what really runs them.
WORKER_EXTRA = ["worker", "jail", "pdf"]
TEST_EXTRA = ["process", "execution", "storage", "engines", "operations", "storages", "store", "event", "scheduler"]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z_]+)/([^"]+)"', re.M)


def reach(module, seen=None):
    seen = set() if seen is None else seen
    for other in LAYERS.get(module, []) + ["base", "schema"]:
        if other not in seen:
            seen.add(other)
            if other in LAYERS:
                reach(other, seen)
    return seen


def allowed_for(path):
    parts = path.relative_to(ROOT / "src").parts
    module = parts[0]
    if module in PLUGINS:
        allowed = {"base", "schema"}
        for other in PLUGINS[module]:
            allowed |= {other} | reach(other)
        if "worker" in parts:
            allowed |= set(WORKER_EXTRA) | {"process"}
    else:
        allowed = {module} | reach(module)
    if path.stem.endswith(("_test", "_fuzz")) or "test" in path.stem:
        allowed |= set(TEST_EXTRA)
    return module, parts, allowed


def main():
    bad = []
    modules = set(LAYERS) | set(PLUGINS)
    for path in sorted((ROOT / "src").rglob("*.[ch]pp")):
        module, parts, allowed = allowed_for(path)
        text = path.read_text(errors="replace")
        for other, rest in INCLUDE.findall(text):
            if other not in modules:
                continue
            if module in PLUGINS and other == module:
                if rest.split("/")[0] == parts[1]:
                    continue
                bad.append(f"{path.relative_to(ROOT)}: a plug-in includes another plug-in: {other}/{rest}")
            elif other != module and other not in allowed:
                bad.append(f"{path.relative_to(ROOT)}: {module} must not include {other}/{rest}")
        for library, home in (("boost/asio", "http"), ("boost/beast", "http"), ("sqlite3.h", "sql")):
            if library in text and home != module and re.search(rf"#\s*include\s+<{library}", text):
                bad.append(f"{path.relative_to(ROOT)}: <{library}> belongs in {home}/ only")
    for line in bad:
        print(line)
    print(f"layers: {len(bad)} violations" if bad else "layers: clean")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
