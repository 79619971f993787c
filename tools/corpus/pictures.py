"""What pictures and pages look like: size, and a small grey copy, made by a program that did not make them."""
import dataclasses
import pathlib
import re
import tempfile

import programs

SMALL = 96  # pixels of the longer side of a grey copy
MOST_PAGES = 60
BLANK_SPREAD = 4  # of 255: an empty page, even after JPEG
VECTOR = {"svg", "svgz"}
POSTSCRIPT = {"ps", "eps", "ai"}
HEIF = {"heic", "heif", "avif"}


@dataclasses.dataclass
class Gray:
    """A picture in grey, row by row."""
    width: int
    height: int
    pixels: bytes

    @property
    def spread(self):
        return max(self.pixels) - min(self.pixels) if self.pixels else 0

    @property
    def blank(self):
        return self.spread <= BLANK_SPREAD


def portable(content):
    """The pictures of a PGM or PPM stream."""
    found, at = [], 0
    while match := re.compile(rb"\s*(P5|P6)\s+(?:#[^\n]*\n\s*)*(\d+)\s+(\d+)\s+(\d+)\s").match(content or b"", at):
        kind, width, height, most = match.group(1), *map(int, match.groups()[1:])
        depth, channels = (2 if most > 255 else 1), (3 if kind == b"P6" else 1)
        size = width * height * depth * channels
        data = content[match.end():match.end() + size]
        if len(data) < size:
            break
        data = data[::depth]
        if channels == 3:
            data = bytes((2 * red + 5 * green + blue) // 8 for red, green, blue in zip(data[::3], data[1::3], data[2::3]))
        found.append(Gray(width, height, data))
        at = match.end() + size
    return found


def pdf_pages(path, avoid=(), pages=MOST_PAGES, side=SMALL * 2):
    """The first pages of a PDF in grey, `side` pixels long, or None."""
    def by_poppler():
        return portable(programs.run("pdftoppm", "-gray", "-scale-to", side, "-l", pages, path)) or None

    def by_mupdf():
        with tempfile.TemporaryDirectory() as folder:
            programs.run("mutool", "draw", "-q", "-c", "gray", "-w", side, "-h", side, "-o", f"{folder}/%05d.pgm", path, f"1-{pages}", accept=(0, 1))
            return [gray for file in sorted(pathlib.Path(folder).iterdir()) for gray in portable(file.read_bytes())] or None
    return programs.first([("poppler", by_poppler), ("mupdf", by_mupdf)], avoid)


def magick(name, background, frame=0):
    content = programs.run("convert", "-limit", "memory", "1GiB", f"{name}[{frame}]", "-auto-orient", "-background", background, "-alpha", "remove", "-alpha", "off",
                           "-resize", f"{SMALL}x{SMALL}>", "-colorspace", "Gray", "-depth", 8, "pgm:-")
    return next(iter(portable(content)), None)


def by_vips(path, background):
    with tempfile.TemporaryDirectory() as folder:
        programs.run("vipsthumbnail", path, "--size", f"{SMALL}x{SMALL}>", "-o", f"{folder}/a.ppm[background={255 if background == 'white' else 0}]")
        made = pathlib.Path(folder) / "a.ppm"
        return next(iter(portable(made.read_bytes())), None) if made.exists() else None


def by_ffmpeg(path, at=0):
    """The picture at a second of a film; by decoding all before it where there is nothing to seek by."""
    def picture(*order):
        return next(iter(portable(programs.run("ffmpeg", "-v", "error", "-nostdin", *order, "-frames:v", 1, "-vf", f"scale={SMALL}:-1", "-pix_fmt", "gray",
                                               "-f", "image2pipe", "-c:v", "pgm", "-"))), None)
    if not at:
        return picture("-i", path)
    return picture("-ss", f"{at:.2f}", "-i", path) or picture("-i", path, "-ss", f"{at:.2f}")


def drawing(path, avoid, background):
    def by_rsvg():
        png = programs.run("rsvg-convert", "-w", SMALL, "--keep-aspect-ratio", path)
        return through_png(png, background)

    def by_inkscape():
        return through_png(programs.run("inkscape", "--export-type=png", f"--export-width={SMALL}", "--export-filename=-", path), background)
    # libvips and ImageMagick draw with librsvg.
    ways = [("rsvg", by_rsvg), ("inkscape", by_inkscape)]
    return programs.first(ways, set(avoid) | ({"rsvg"} if {"vips", "imagemagick", "graphicsmagick"} & set(avoid) else set()))


def through_png(png, background):
    if not png:
        return None
    return next(iter(portable(programs.run("convert", "png:-", "-background", background, "-alpha", "remove", "-alpha", "off", "-colorspace", "Gray", "-depth", 8,
                                           "pgm:-", stdin=png))), None)


def by_libheif(path, background):
    """Slow with large pictures, but ImageMagick 6 forgets what is transparent in them."""
    with tempfile.TemporaryDirectory() as folder:
        programs.run("heif-convert", path, f"{folder}/a.png")
        made = sorted(pathlib.Path(folder).glob("*.png"))
        return magick(f"png:{made[0]}", background) if made else None


def postscript(path, avoid):
    def by_ghostscript():
        return next(iter(portable(programs.run("gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dFirstPage=1", "-dLastPage=1", "-sDEVICE=pgmraw", "-r20",
                                               "-dEPSCrop", "-o", "-", path, seconds=20))), None)
    return programs.first([("ghostscript", by_ghostscript)], avoid)


def gray_of(path, extension, avoid=(), background="white", exact=False):
    """The first picture of a file in grey; None if nobody can open it. `exact` takes more time for HEIF."""
    if exact and extension in HEIF:
        return by_libheif(path, background)
    if extension == "pdf":
        # Large, for poppler draws the finest lines one pixel wide.
        return next(iter(pdf_pages(path, avoid, 1, SMALL * 6) or ()), None)
    if extension in VECTOR:
        return drawing(path, avoid, background)
    if extension in POSTSCRIPT:
        return postscript(path, avoid)
    coder = {"jpg": "jpeg", "jfif": "jpeg", "heif": "heic", "tif": "tiff", "jp2": "jp2"}.get(extension, extension)
    ways = [("imagemagick", lambda: magick(f"{coder}:{path}", background)), ("vips", lambda: by_vips(path, background)), ("ffmpeg", lambda: by_ffmpeg(path))]
    return programs.first(ways, avoid)


def sizes_of(path, extension, avoid=()):
    """(width, height) of every picture in the file as it is to be seen, or None."""
    coder = {"jpg": "jpeg", "jfif": "jpeg", "heif": "heic", "tif": "tiff"}.get(extension, extension)

    def by_magick():
        listed = programs.text("identify", "-format", "%w %h %[orientation] %W %H\n", f"{coder}:{path}", accept=(0, 1)) or ""
        found = []
        for line in listed.splitlines():
            fields = line.split()
            if len(fields) == 5 and fields[0].isdigit():
                turned = fields[2] in ("LeftTop", "RightTop", "RightBottom", "LeftBottom") and extension not in HEIF
                # A frame of an animation may be smaller than the picture.
                width, height = map(int, fields[3:] if extension in ("gif", "webp") and fields[3] != "0" else fields[:2])
                found.append((height, width) if turned else (width, height))
        return found or None

    def by_vips_header():
        header = programs.text("vipsheader", "-a", path) or ""
        fields = dict(line.split(": ", 1) for line in header.splitlines() if ": " in line)
        if "width" not in fields:
            return None
        width, height = int(fields["width"]), int(fields.get("page-height", fields["height"]))
        return [(height, width) if fields.get("orientation", "1")[:1] in "5678" and extension not in HEIF else (width, height)]

    def by_ffprobe():
        listed = programs.text("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "csv=p=0", path) or ""
        fields = listed.strip().split(",")
        return [(int(fields[0]), int(fields[1]))] if len(fields) >= 2 and fields[0].isdigit() and fields[0] != "0" else None
    return programs.first([("imagemagick", by_magick), ("vips", by_vips_header), ("ffmpeg", by_ffprobe)], avoid)


def resized(gray, width, height):
    """By the mean of what falls into each pixel."""
    out = bytearray()
    for y in range(height):
        top, bottom = y * gray.height // height, max(y * gray.height // height + 1, (y + 1) * gray.height // height)
        for x in range(width):
            left, right = x * gray.width // width, max(x * gray.width // width + 1, (x + 1) * gray.width // width)
            cells = [gray.pixels[row * gray.width + column] for row in range(top, bottom) for column in range(left, right)]
            out.append(sum(cells) // len(cells))
    return bytes(out)


def difference(one, other, cells=16):
    """Mean distance of two pictures in grey, 0 to 255, looked at from afar."""
    first, second = resized(one, cells, cells), resized(other, cells, cells)
    return sum(abs(a - b) for a, b in zip(first, second)) / len(first)
