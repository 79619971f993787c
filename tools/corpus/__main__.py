#!/usr/bin/env python3
"""Every file of the corpus through every sensible target of a real server; a report of what is done, refused and wrong.

Exit status 1 if something is wrong that docs/known-limits.md does not explain, or if the jail leaked.
"""
import argparse
import concurrent.futures
import contextlib
import fnmatch
import os
import pathlib
import shutil
import signal
import sys
import threading
import types

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
os.environ.setdefault("RECAST_BINARIES", str(ROOT / "build/release/bin"))
sys.path[:0] = [str(HERE), str(ROOT / "tests/support")]
import canary as canaries  # noqa: E402
import isolation  # noqa: E402
import judge  # noqa: E402
import known_limits  # noqa: E402
import manifest  # noqa: E402
import recast  # noqa: E402
import report  # noqa: E402
import runner  # noqa: E402
import source  # noqa: E402
import targets  # noqa: E402

TIMEOUT, HOSTILE_TIMEOUT = 150, 20  # seconds of a task


def options():
    parser = argparse.ArgumentParser(prog="./dev corpus", description=__doc__.splitlines()[0])
    beside = ROOT.parent / "shared/corpus"
    parser.add_argument("--corpus", default=os.environ.get("RECAST_CORPUS") or str(beside), help="folder with MANIFEST.tsv (default: RECAST_CORPUS, else ../shared/corpus)")
    parser.add_argument("--out", default=str(ROOT / "build/corpus"), help="folder of report.md and rows.jsonl (default: build/corpus)")
    parser.add_argument("--only", action="append", metavar="GLOB", help="only files whose path matches; may be repeated")
    parser.add_argument("--targets", metavar="LIST", help="only these output formats, separated by commas; also those that stand for no family")
    parser.add_argument("--all", action="store_true", help="every output format there is, not only those that stand for a family")
    parser.add_argument("--engine", metavar="NAME", help="only this engine, wherever it can")
    parser.add_argument("--limit", type=int, metavar="N", help="end after N tasks")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="tasks at once (default: 2)")
    parser.add_argument("--keep", action="store_true", help="leave the outputs of what is wrong in OUT/wrong")
    parser.add_argument("--again", action="store_true", help="only what was wrong in the last run into the same folder; its other rows are kept")
    parser.add_argument("--server", metavar="URL", help="use a running server, with --key, instead of starting one")
    parser.add_argument("--key", help="its API key")
    parser.add_argument("--setting", action="append", default=[], metavar="SECTION.NAME=VALUE", help="a setting of the server that is started; may be repeated")
    parser.add_argument("--limits", default=str(ROOT / "docs/known-limits.md"), help=argparse.SUPPRESS)
    return parser.parse_args()


class Suite:
    """One run over the corpus."""

    def __init__(self, chosen, server):
        self.chosen, self.server, self.out = chosen, server, pathlib.Path(chosen.out).resolve()
        rows = report.rows_before(self.out) if chosen.again else []
        self.previous = {(row["input"], row["target"]) for row in rows if row["verdict"] == "wrong"}
        self.kept = [row for row in rows if row["verdict"] != "wrong"]
        self.report = report.Report(self.out, self.kept)
        self.limits = known_limits.read(pathlib.Path(chosen.limits))
        self.canary = canaries.Canary()
        self.sources, self.lock, self.local = {}, threading.Lock(), threading.local()
        self.work = self.out / "work"
        for old in (self.work, self.out / "wrong"):  # outputs of the last run would be taken for those of this one
            shutil.rmtree(old, ignore_errors=True)

    def client(self):
        if not hasattr(self.local, "client"):
            self.local.client = recast.Client(self.server)
        return self.local.client

    def attempts(self):
        entries = manifest.read(self.chosen.corpus)
        if self.chosen.only:
            entries = [entry for entry in entries if any(fnmatch.fnmatchcase(entry.path, one) for one in self.chosen.only)]
        catalogue = targets.Catalogue(self.client(), self.chosen.engine)
        found = targets.attempts(entries, catalogue, self.chosen.targets.split(",") if self.chosen.targets else None, self.chosen.all)
        self.unread = sorted({entry.format for entry in entries} - {attempt.entry.format for attempt in found if attempt.operation == "convert"})
        if self.chosen.again:
            found = [attempt for attempt in found if (attempt.entry.path, attempt.label) in self.previous]
        return found[:self.chosen.limit]

    def source_of(self, entry):
        with self.lock:
            return self.sources.setdefault(entry.path, source.Source(entry))

    def one(self, number, attempt):
        """Runs and judges; the row is written by the caller's thread."""
        folder = self.work / f"{number:05d}"
        folder.mkdir(parents=True)
        timeout = HOSTILE_TIMEOUT if attempt.entry.hostile else TIMEOUT
        content = attempt.entry.file.read_bytes()
        try:
            outcome = runner.run(self.client(), attempt, self.canary.arm(content) if attempt.entry.hostile else content, folder, timeout)
        except (RuntimeError, OSError) as error:
            outcome = runner.Outcome("error", "UNKNOWN_ERROR", f"the server: {error}")
        try:
            verdict = judge.judge(attempt, outcome, self.source_of(attempt.entry), timeout, self.canary if attempt.entry.hostile else None)
        except Exception as error:  # noqa: BLE001 - a fault of the judge is a row like others, not the end of the run
            verdict = judge.Verdict("wrong", [judge.Finding("judge", f"{type(error).__name__}: {error}")])
        if verdict.word == "wrong" and self.chosen.keep:
            shutil.move(folder, self.out / "wrong" / runner.safe(f"{attempt.entry.path}-{attempt.label}"))
        else:
            shutil.rmtree(folder, ignore_errors=True)
        return attempt, outcome, verdict

    def run(self):
        attempts = self.attempts()
        if not attempts:
            sys.exit("Nothing to do: no file matches, or the server reads none of these formats.")
        (self.out / "wrong").mkdir(exist_ok=True)
        with concurrent.futures.ThreadPoolExecutor(self.chosen.jobs) as pool, contextlib.ExitStack() as stack:
            stack.callback(pool.shutdown, wait=False, cancel_futures=True)  # whoever interrupts does not want the rest
            running = [pool.submit(self.one, number, attempt) for number, attempt in enumerate(attempts)]
            for number, future in enumerate(concurrent.futures.as_completed(running), 1):
                attempt, outcome, verdict = future.result()
                explained = known_limits.explanation(self.limits, attempt.entry.path, attempt.label, verdict.findings) if verdict.word == "wrong" else None
                self.report.add(attempt, outcome, verdict, explained)
                if verdict.word == "wrong" and explained is None:
                    print(f"wrong: {attempt.entry.path} to {attempt.label}: " + "; ".join(f"{one.kind}: {one.text}" for one in verdict.findings), flush=True)
                if number % 100 == 0:
                    print(f"{number} of {len(attempts)}", flush=True)
        shutil.rmtree(self.work, ignore_errors=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped as well
    chosen = options()
    if not (pathlib.Path(chosen.corpus) / "MANIFEST.tsv").is_file():
        print(f"No corpus: {chosen.corpus} has no MANIFEST.tsv. Set RECAST_CORPUS to the folder of one.")
        return 0
    if chosen.server:
        address = chosen.server.removeprefix("http://").rstrip("/")
        host, _, port = address.partition(":")
        if host not in ("127.0.0.1", "localhost") or not chosen.key:
            sys.exit("--server wants http://127.0.0.1:PORT and --key.")
        suite = Suite(chosen, types.SimpleNamespace(port=int(port or 80), key=chosen.key))
        violations = isolation.watch(suite, None)
    else:
        with recast.Server("--server.log_level=error", *(f"--{one}" for one in chosen.setting)) as server:
            suite = Suite(chosen, server)
            violations = isolation.watch(suite, server)
        violations += isolation.survivors(suite)
    notes = [f"Not read by this server: {' '.join(suite.unread)}."] if suite.unread else []
    notes += [f"{len(suite.kept)} rows are of an earlier run."] if suite.kept else []
    missing = judge.missing_programs()
    notes += [f"Checks left out for want of {', '.join(missing)}."] if missing else []
    notes += [f"Engine {chosen.engine} alone."] if chosen.engine else []
    whole = not (chosen.only or chosen.targets or chosen.engine or chosen.limit or chosen.again)
    suite.report.finish(notes, violations, suite.limits, whole)
    print((suite.out / "report.md").read_text().split("\n## Wrong")[0])
    print(f"{suite.out}/report.md")
    return 1 if suite.report.unexplained or violations else 0


if __name__ == "__main__":
    sys.exit(main())
