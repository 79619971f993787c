"""What the benchmarks share: a release recastd of their own, an API client on one kept connection, and figures."""
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.setdefault("RECAST_BINARIES", str(ROOT / "build/release/bin")))
SAMPLE = ROOT / "docs/sample/sample.docx"
sys.path.insert(0, str(ROOT / "tests/support"))
import recast  # noqa: E402
from recast import Client  # noqa: E402, F401


def Server(*settings):  # noqa: N802
    return recast.Server("--server.log_level=error", *settings)


def timed(function):
    begin = time.perf_counter()
    function()
    return (time.perf_counter() - begin) * 1000


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def interleave(rounds, **ways):
    """Runs every way in turn, `rounds` times after one warm-up each; milliseconds by name."""
    figures = {name: [] for name in ways}
    for round_number in range(rounds + 1):
        for name, function in ways.items():
            duration = timed(function)
            if round_number:
                figures[name].append(duration)
    return figures


def table(title, figures, base):
    """A row per way, with the ratio of its median to that of `base`."""
    print(f"\n### {title}\n\n| way | p50 ms | p95 ms | ratio to {base} |\n|---|--:|--:|--:|")
    reference = percentile(figures[base], 0.5)
    for name, values in figures.items():
        p50 = percentile(values, 0.5)
        print(f"| {name} | {p50:.1f} | {percentile(values, 0.95):.1f} | {p50 / reference:.2f} |", flush=True)
