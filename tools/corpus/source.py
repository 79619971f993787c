"""What is known of a file of the corpus, found out once and kept: the measure for all that is made of it."""
import functools
import threading
import zipfile

import archives
import fonts
import media
import office_text
import pictures
import programs
import targets
import texts
import words


def pdf_page_count(path, avoid=()):
    def by_poppler():
        listed = programs.text("pdfinfo", path) or ""
        return next((int(line.split()[1]) for line in listed.splitlines() if line.startswith("Pages:")), None)

    def by_mupdf():
        listed = programs.text("mutool", "info", path) or ""
        return next((int(line.split()[1]) for line in listed.splitlines() if line.startswith("Pages:")), None)
    return programs.first([("poppler", by_poppler), ("mupdf", by_mupdf)], avoid)


def pdf_page_size(path):
    """Width and height of the first page as it is shown, in points."""
    fields = dict(line.split(":", 1) for line in (programs.text("pdfinfo", path) or "").splitlines() if ":" in line)
    try:
        width, _, height = fields["Page size"].split()[:3]
        size = float(width), float(height)
        return size[::-1] if int(fields.get("Page rot", "0")) % 180 else size
    except (KeyError, ValueError):
        return None


class Source:
    """Facts of one entry; each is asked of independent programs when it is needed first."""

    def __init__(self, entry):
        self.entry, self.file, self.format = entry, entry.file, entry.format
        self.family = targets.family_of(entry.format)
        self.known, self.lock = {}, threading.RLock()

    def once(self, key, function):
        with self.lock:
            if key not in self.known:
                self.known[key] = function()
            return self.known[key]

    def words(self, avoid=()):
        """Words of its text, or None. Of sheets only what is no number, for those are shown as their cells are formatted."""
        avoid = frozenset(avoid) & {"poppler", "mupdf", "pandoc", "ghostscript"}

        def find():
            text = texts.text_of(self.file, self.format, avoid)
            return None if text is None else words.words(text, self.family == "spreadsheet")
        return self.once(("words", avoid), find)

    def pages(self, avoid=()):
        """How many there have to be, or None."""
        avoid = frozenset(avoid) & {"poppler", "mupdf"}
        return self.once(("pages", avoid), lambda: self.entry.pages or self.count_pages(avoid))

    def count_pages(self, avoid):
        count = None
        if self.format == "pdf":
            count = pdf_page_count(self.file, avoid)
        elif self.family == "presentation":
            count = office_text.slides_of(self.file)
        elif self.format in ("tif", "tiff"):
            count = len(pictures.sizes_of(self.file, self.format) or ()) or None
        elif self.format == "djvu":
            told = programs.text("djvused", "-e", "n", self.file) or ""
            count = int(told) if told.strip().isdigit() else None
        elif self.format in ("xps", "cbz"):
            ends = (".fpage",) if self.format == "xps" else (".jpg", ".jpeg", ".png", ".gif", ".webp")
            with zipfile.ZipFile(self.file) as archive:
                count = sum(name.lower().endswith(ends) for name in archive.namelist())
        return count or None

    @functools.cached_property
    def media(self):
        return media.Media(self.file)

    def sizes(self, avoid=()):
        """Sizes of its pictures, or None."""
        def find():
            if self.format in ("svg", "svgz"):
                content = programs.run("rsvg-convert", self.file)
                told = (programs.text("identify", "-format", "%w %h", "png:-", stdin=content) if content else "") or ""
                return [tuple(map(int, told.split()))] if len(told.split()) == 2 else None
            if self.family == "video":
                return [self.media.size] if self.media.size else None
            return pictures.sizes_of(self.file, self.format, avoid) if self.family in ("image", "raw") else None
        return self.once(("sizes", frozenset(avoid) & {"imagemagick", "vips"}), find)

    def gray(self, avoid=(), background="white"):
        """Its first picture or page in grey, or None if it is none."""
        key = ("gray", frozenset(avoid) & {"imagemagick", "vips", "poppler", "mupdf", "rsvg", "inkscape", "ghostscript", "ffmpeg", "graphicsmagick"}, background)

        def find():
            if self.family == "video":
                return pictures.by_ffmpeg(self.file) if self.media.video else None
            looks = self.format == "pdf" or self.family == "image" or self.format in ("svg", "svgz", "eps", "ps")
            return pictures.gray_of(self.file, self.format, key[1], background) if looks else None
        return self.once(key, find)

    def readings(self):
        return self.once("readings", lambda: archives.readings(self.file, self.format))

    def letters(self):
        return self.once("letters", lambda: fonts.letters(self.file))
