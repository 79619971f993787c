#!/usr/bin/env python3
"""(g) One typical input of each engine: the bare program beside the whole API, in one run."""
import argparse
import pathlib
import shutil
import statistics
import subprocess
import tempfile

from common import SAMPLE, Client, Server, timed

ALLOWED_MS, ALLOWED_SHARE = 20, 0.05  # what Recast may add, whichever is more


def samples(folder):
    """Inputs of our own making: a page, a document of many pages, a picture, a sound."""
    def run(*words):
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    (folder / "text.md").write_text("\n\n".join(f"## Part {number}\n\n" + "Some *words* of a text that goes on, with a [link](https://example.com/). " * 8
                                                for number in range(200)))
    (folder / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><circle cx="300" cy="300" r="200" fill="teal"/>'
                                        '<text x="40" y="80" font-size="40">Words</text></svg>')
    run("ffmpeg", "-f", "lavfi", "-i", "testsrc2=s=3000x2000:d=1", "-frames:v", "1", "picture.png")
    run("ffmpeg", "-f", "lavfi", "-i", "sine=d=60", "sound.wav")
    run("ffmpeg", "-f", "lavfi", "-i", "testsrc=s=1280x720:r=25:d=6", "-f", "lavfi", "-i", "sine=d=6", "-c:v", "libx264", "-preset", "ultrafast", "film.mp4")
    shutil.copy(SAMPLE, folder / "document.docx")
    run("soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", "document.docx")
    run("qpdf", "--empty", "--pages", *["document.pdf"] * 1000, "--", "thousand.pdf")
    run("qpdf", "thousand.pdf", "--pages", ".", "1-500", "--", "half.pdf")
    shutil.copy(folder / "half.pdf", folder / "other.pdf")  # of one file twice, qpdf copies everything but once
    run("pandoc", "text.md", "-o", "book.epub")


# engine, input, operation with its options, the bare program
WAYS = [
    ("imagemagick", "picture.png", ("convert", {"output_format": "jpg", "engine": "imagemagick"}), ["convert-im6.q16", "picture.png", "out.jpg"]),
    ("graphicsmagick", "picture.png", ("convert", {"output_format": "jpg", "engine": "graphicsmagick"}), ["gm", "convert", "picture.png", "out.jpg"]),
    ("rsvg", "drawing.svg", ("convert", {"output_format": "png", "engine": "rsvg"}), ["rsvg-convert", "drawing.svg", "-o", "out.png"]),
    ("inkscape", "drawing.svg", ("convert", {"output_format": "png", "engine": "inkscape"}), ["inkscape", "drawing.svg", "-o", "out.png"]),
    ("ghostscript", "document.pdf", ("convert", {"output_format": "ps", "engine": "ghostscript"}),
     ["gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=ps2write", "-sOutputFile=out.ps", "document.pdf"]),
    ("poppler", "document.pdf", ("convert", {"output_format": "png", "engine": "poppler"}), ["pdftoppm", "-r", "150", "-png", "document.pdf", "out"]),
    ("mupdf", "document.pdf", ("convert", {"output_format": "png", "engine": "mupdf"}), ["mutool", "draw", "-q", "-r", "150", "-o", "out-%d.png", "document.pdf"]),
    ("ffmpeg, 6 s of film", "film.mp4", ("convert", {"output_format": "mkv"}), ["ffmpeg", "-v", "error", "-y", "-i", "film.mp4", "-c:v", "libx264", "-c:a", "aac", "out.mkv"]),
    ("ffmpeg, 5 MB of WAV", "sound.wav", ("convert", {"output_format": "mp3"}), ["ffmpeg", "-v", "error", "-y", "-i", "sound.wav", "-q:a", "0", "out.mp3"]),
    ("pandoc", "text.md", ("convert", {"output_format": "docx", "engine": "pandoc"}), ["pandoc", "text.md", "-o", "out.docx"]),
    ("calibre", "book.epub", ("convert", {"output_format": "mobi", "engine": "calibre"}), ["ebook-convert", "book.epub", "out.mobi"]),
    ("exiftool", "picture.png", ("metadata", {}), ["exiftool", "-json", "picture.png"]),
    # What has to be run for the smaller of two: all colours better packed, and few with the colour profile of the original.
    ("pngquant, optipng, exiftool", "picture.png", ("optimize", {}), ["sh", "-c", "optipng -quiet -o1 -clobber -out all.png picture.png && "
     "pngquant --force --strip --output few.png --quality 0-80 picture.png && "
     "exiftool -q -q -overwrite_original -TagsFromFile picture.png -ICC_Profile -PNG-pHYs:all few.png; optipng -quiet -o1 -clobber -out out.png few.png"]),
    ("ocrmypdf", "document.pdf", ("pdf/ocr", {}), ["ocrmypdf", "--skip-text", "--jobs", "1", "--output-type", "pdf", "document.pdf", "out.pdf"]),
    ("qpdf, merge 2 x 500 pages", "half.pdf other.pdf", ("merge", {"output_format": "pdf"}),
     ["qpdf", "--empty", "--pages", "half.pdf", "other.pdf", "--", "out.pdf"]),
    ("qpdf, rotate 1,000 pages", "thousand.pdf", ("pdf/rotate-pages", {"rotation": "+90"}), ["qpdf", "--rotate=+90", "thousand.pdf", "out.pdf"]),
    ("qpdf, encrypt 1,000 pages", "thousand.pdf", ("pdf/encrypt", {"set_password": "x"}), ["qpdf", "--encrypt", "x", "y", "256", "--", "thousand.pdf", "out.pdf"]),
    # New files each time, as a job has: to write over old ones is less work.
    ("qpdf, split 1,000 pages", "thousand.pdf", ("pdf/split-pages", {}),
     ["sh", "-c", "folder=$(mktemp -d parts-XXXXXX) && qpdf --split-pages thousand.pdf $folder/out-%d.pdf"]),
]


def run_job(client, folder, sources, operation, options):
    """The whole way of one job: create, upload each source, wait. The ended work task."""
    imports = {f"in-{number}": {"operation": "import/upload"} for number in range(len(sources))}
    job = client.call("POST", "/v2/jobs", {"tasks": imports | {
        "work": {"operation": operation, "input": list(imports), **options}, "out": {"operation": "export/url", "input": "work"}}})["data"]
    for task, source in zip(job["tasks"], sources):
        client.upload(task["result"]["form"], source, (folder / source).read_bytes())
    job = client.call("GET", f"/v2/jobs/{job['id']}/wait")["data"]
    work = next(task for task in job["tasks"] if task["name"] == "work")
    if job["status"] != "finished":
        raise RuntimeError([(task["name"], task["message"]) for task in job["tasks"]])
    return work


def measure(client, folder, rounds, way):
    """Milliseconds of every round after a warm-up: the program, the engine's steps in their jails, the whole job."""
    _, sources, (operation, options), words = way
    figures = []
    for _ in range(rounds + 1):
        bare = timed(lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder))
        work = []
        whole = timed(lambda: work.append(run_job(client, folder, sources.split(), operation, options)))
        report = client.call("GET", f"/v2/tasks/{work[0]['id']}?include=report")["data"]["report"]
        figures.append((bare, 1000 * sum(step["wall_seconds"] for step in report["steps"]), whole))
    return figures[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--only", help="only ways whose title contains this")
    parser.add_argument("--setting", action="append", default=[], metavar="SECTION.NAME=VALUE", help="a setting of the server; may be repeated")
    chosen = parser.parse_args()
    print("\n### One file of each engine: upload, task and export beside the bare program\n\n"
          "| engine | program, p50 ms | its steps in jails, p50 ms | whole job, p50 ms | more, median of pairs, ms | within 20 ms or 5 % |\n|---|--:|--:|--:|--:|---|", flush=True)
    with tempfile.TemporaryDirectory() as name, Server(*(f"--{one}" for one in chosen.setting)) as server:
        folder = pathlib.Path(name)
        samples(folder)
        client = Client(server)
        for way in WAYS:
            title, _, _, words = way
            if chosen.only and chosen.only not in title:
                continue
            if shutil.which(words[0]) is None:
                print(f"{title}: {words[0]} is not installed", flush=True)
                continue
            figures = measure(client, folder, chosen.rounds, way)
            bare, steps, whole = (statistics.median(column) for column in zip(*figures))
            more = statistics.median(row[2] - row[0] for row in figures)
            fits = "yes" if more <= max(ALLOWED_MS, ALLOWED_SHARE * bare) else "no"
            print(f"| {title} | {bare:.0f} | {steps:.0f} | {whole:.0f} | {more:+.0f} | {fits} |", flush=True)


if __name__ == "__main__":
    main()
