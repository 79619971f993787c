#!/usr/bin/env python3
"""(g) One typical input of each engine: the bare program beside the whole API, in one run."""
import pathlib
import shutil
import subprocess
import tempfile

from common import SAMPLE, Client, Server, interleave, percentile

ROUNDS = 5


def samples(folder):
    """Inputs of our own making: a page, a document of many pages, a picture, a sound."""
    def run(*words):
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    (folder / "text.md").write_text("# Title\n\n" + "Some words of a text that goes on. " * 2000)
    (folder / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><circle cx="300" cy="300" r="200" fill="teal"/>'
                                        '<text x="40" y="80" font-size="40">Words</text></svg>')
    run("ffmpeg", "-f", "lavfi", "-i", "testsrc2=s=3000x2000:d=1", "-frames:v", "1", "picture.png")
    run("ffmpeg", "-f", "lavfi", "-i", "sine=d=60", "sound.wav")
    shutil.copy(SAMPLE, folder / "document.docx")
    run("soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", "document.docx")
    run("qpdf", "--empty", "--pages", *["document.pdf"] * 500, "--", "thousand.pdf")
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
    ("ffmpeg", "sound.wav", ("convert", {"output_format": "mp3"}), ["ffmpeg", "-v", "error", "-y", "-i", "sound.wav", "-q:a", "0", "out.mp3"]),
    ("pandoc", "text.md", ("convert", {"output_format": "docx", "engine": "pandoc"}), ["pandoc", "text.md", "-o", "out.docx"]),
    ("calibre", "book.epub", ("convert", {"output_format": "mobi", "engine": "calibre"}), ["ebook-convert", "book.epub", "out.mobi"]),
    ("exiftool", "picture.png", ("metadata", {}), ["exiftool", "-json", "picture.png"]),
    ("pngquant", "picture.png", ("optimize", {}), ["pngquant", "--force", "--output", "out.png", "--quality", "0-80", "picture.png"]),
    ("ocrmypdf", "document.pdf", ("pdf/ocr", {}), ["ocrmypdf", "--skip-text", "--jobs", "1", "--output-type", "pdf", "document.pdf", "out.pdf"]),
    ("qpdf, rotate 1,000 pages", "thousand.pdf", ("pdf/rotate-pages", {"rotation": "+90"}), ["qpdf", "--rotate=+90", "thousand.pdf", "out.pdf"]),
    ("qpdf, encrypt 1,000 pages", "thousand.pdf", ("pdf/encrypt", {"set_password": "x"}), ["qpdf", "--encrypt", "x", "y", "256", "--", "thousand.pdf", "out.pdf"]),
    ("qpdf, split 1,000 pages", "thousand.pdf", ("pdf/split-pages", {}), ["qpdf", "--split-pages", "thousand.pdf", "out-%d.pdf"]),
]


def main():
    print("\n### One file of each engine: upload, task and export beside the bare program\n\n"
          "| engine | program, p50 ms | Recast, p50 ms | more, ms | ratio |\n|---|--:|--:|--:|--:|", flush=True)
    with tempfile.TemporaryDirectory() as name, Server() as server:
        folder = pathlib.Path(name)
        samples(folder)
        client = Client(server)
        for title, source, (operation, options), words in WAYS:
            if shutil.which(words[0]) is None:
                print(f"{title}: {words[0]} is not installed", flush=True)
                continue
            content = (folder / source).read_bytes()

            def bare(words=words):
                subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)

            def recast(operation=operation, options=options, source=source, content=content):
                job = client.run(source, content, operation, **options)
                if job["tasks"][1]["status"] != "finished":
                    raise RuntimeError(job["tasks"][1]["message"])

            figures = interleave(ROUNDS, bare=bare, recast=recast)
            low, high = (percentile(figures[way], 0.5) for way in ("bare", "recast"))
            print(f"| {title} | {low:.0f} | {high:.0f} | {high - low:+.0f} | {high / low:.2f} |", flush=True)


if __name__ == "__main__":
    main()
