#!/usr/bin/env python3
"""Starts the named stores, says in one line of JSON how to reach them, and serves until standard input closes or SIGTERM comes.

    up.py --only s3,sftp [--set swift.max_file_size=8388608] [--faults s3,sftp]

    {"s3": {"endpoint": …}, "sftp": {…}, "faults": {"s3": {"url": …, "control": …}}, "absent": {"azure": "azurite is not installed (…)"}}

What is not installed is named under "absent" and the rest runs. Names: see STORES. --set gives a keyword to a store's class; the value is JSON,
or else text. --faults puts the proxy of faults.py before a store.
"""
import argparse
import json
import os
import pathlib
import queue
import signal
import sys
import threading
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import azurite  # noqa: E402
import faults  # noqa: E402
import firebase  # noqa: E402
import gcs_double  # noqa: E402
import keystone  # noqa: E402
import keystone_v2_stub  # noqa: E402
import openssh  # noqa: E402
import s3_stub  # noqa: E402
import swift  # noqa: E402
from base import Absent  # noqa: E402

# name: class, and where a proxy before it leads
STORES = {
    "sftp": (openssh.OpenSsh, lambda s: f"127.0.0.1:{s.daemons['normal']}"),
    "swift": (swift.Swift, lambda s: f"127.0.0.1:{s.proxy_port}"),
    "keystone": (keystone.Keystone, lambda s: s.swift_url.removeprefix("http://")),
    "azure": (azurite.Azurite, lambda s: f"127.0.0.1:{s.number}"),
    "gcs": (gcs_double.GcsDouble, lambda s: f"127.0.0.1:{s.number}"),
    "firebase": (firebase.Firebase, lambda s: f"127.0.0.1:{s.number}"),
    "s3_stub": (s3_stub.S3Stub, lambda s: f"127.0.0.1:{s.number}"),
    "keystone_v2": (keystone_v2_stub.KeystoneV2Stub, lambda s: f"127.0.0.1:{s.number}"),
}
ALIASES = {"s3": "swift"}  # Swift's S3 layer: the same server under two names


class Keeper(threading.Thread):
    """Starts a store, keeps it, stops it: all in one thread, because its programs end with the thread that started them."""

    def __init__(self, name, settings):
        super().__init__()
        self.store, self.ready, self.enough = STORES[name][0](**settings), threading.Event(), threading.Event()
        self.absent = self.failed = None

    def run(self):
        try:
            self.store.start()
        except Absent as reason:
            self.absent = str(reason)
        except BaseException:
            self.failed = traceback.format_exc()
        self.ready.set()
        if self.absent or self.failed:
            return
        self.enough.wait()
        self.store.stop()


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = [*STORES, *ALIASES]

    def names(text):
        for name in (found := [name for name in text.split(",") if name]):
            if name not in known:
                raise argparse.ArgumentTypeError(f"there is no {name}; there are {', '.join(known)}")
        return found

    parser.add_argument("--only", type=names, default=list(STORES), metavar="NAMES", help="comma-separated; default: all")
    parser.add_argument("--faults", type=names, default=[], metavar="NAMES", help="stores that get a proxy")
    parser.add_argument("--set", action="append", default=[], metavar="STORE.NAME=VALUE")
    given = parser.parse_args(arguments)
    settings = {}
    for text in given.set:
        path, _, value = text.partition("=")
        store, _, name = path.partition(".")
        try:
            value = json.loads(value)
        except ValueError:
            pass
        settings.setdefault(ALIASES.get(store, store), {})[name] = value
    return given.only, given.faults, settings


def until_input_ends(enough):
    while os.read(0, 4096):
        pass
    enough.put(None)


def main(arguments):
    only, with_faults, settings = parse(arguments)
    # An Event would not do: its lock may be held by the very thread that the signal interrupts.
    enough = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: enough.put(None))
    keepers = {name: Keeper(name, settings.get(name, {})) for name in dict.fromkeys(ALIASES.get(name, name) for name in only)}
    proxies, said = [], {"absent": {}, "faults": {}}
    try:
        for keeper in keepers.values():
            keeper.start()
        for keeper in keepers.values():
            keeper.ready.wait()
        failed = {name: keeper.failed for name, keeper in keepers.items() if keeper.failed}
        if failed:
            print(json.dumps({"failed": failed}), flush=True)
            return 1
        for name in only:
            keeper = keepers[ALIASES.get(name, name)]
            if keeper.absent:
                said["absent"][name] = keeper.absent
                continue
            said[name] = keeper.store.describe()
            if name in with_faults:
                proxies.append(faults.Faults(STORES[ALIASES.get(name, name)][1](keeper.store), raw=name == "sftp").start())
                said["faults"][name] = proxies[-1].describe()
        print(json.dumps(said), flush=True)
        threading.Thread(target=until_input_ends, args=(enough,), daemon=True).start()
        enough.get()
        return 0
    finally:
        for proxy in proxies:
            proxy.stop()
        for keeper in keepers.values():
            keeper.enough.set()
        for keeper in keepers.values():
            if keeper.ident is not None:
                keeper.join()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
