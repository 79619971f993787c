"""The comparisons: each yields (kind, text) for what an output lacks against its source. None says anything where nobody can tell."""
import archives
import fonts
import media
import office_text
import pictures
import source as sources
import targets
import texts
import words

RECALL = 0.95
FAR = 30  # of 255: mean distance of two pictures that show the same, one perhaps in the colours of another profile
TEXTS = set("pdf docx odt rtf txt html epub odg odp pptx ods xlsx csv doc xls ppt fodt fods fodp md".split())
PICTURES = set("png jpg webp avif tiff gif bmp ico jp2 jxl heic heif tga ppm pgm".split())
THUMBNAIL = 300


def of(source, target):
    """The checks that fit a source and a target."""
    family = source.family
    if target in media.AUDIO or target in media.VIDEO:
        return [streams]
    if family == "archive":
        return [members]
    if family == "font":
        return [letters]
    if target in PICTURES:
        return [page_files, image_sizes, image_looks] if family in ("image", "raw", "vector", "pdf", "video") else [image_looks]
    found = [text] if target in TEXTS else []
    if target == "pdf":
        found += [pages, blank_pages] + ([shape, image_looks] if family in ("image", "vector") else [])
    if target == "svg":
        found += [image_looks]
    if target in ("pptx", "odp"):
        found += [slides]
    return found


def readable(files, target, avoid):
    """Whether another program can open every output."""
    for path in files[:20]:
        if target == "pdf":
            good = (sources.pdf_page_count(path, avoid) or sources.pdf_page_count(path) or 0) > 0
        elif target in media.AUDIO or target in media.VIDEO:
            good = bool(media.Media(path))
        elif target in PICTURES:
            good = pictures.sizes_of(path, target, avoid) is not None or pictures.sizes_of(path, target) is not None
        elif target == "svg":
            good = pictures.gray_of(path, target, avoid) is not None or pictures.gray_of(path, target) is not None
        elif target in texts.OFFICE | texts.FLAT | {"epub"}:
            good = texts.text_of(path, target, avoid) is not None
        elif targets.family_of(target) == "archive":
            good = archives.members(path, target, avoid) is not None
        elif targets.family_of(target) == "font":
            good = fonts.letters(path) is not None
        else:
            good = True
        if not good:
            yield "unreadable", f"{path.name} cannot be opened"


def text(files, target, source, avoid):
    """Text recall against an independent extractor."""
    reference = source.words(avoid)
    if reference is None or len(reference) < words.LEAST:
        return
    got = []
    for path in files:
        found = texts.text_of(path, target, avoid, everything=True)
        if found is None:
            return
        got += words.words(found, source.family == "spreadsheet")
    share, missing = words.recall(reference, got)
    if share < RECALL:
        yield "text", f"{share:.1%} of {len(reference)} words, without {' '.join(missing)}"


def pages(files, target, source, avoid):
    expected = source.pages(avoid)
    got = sources.pdf_page_count(files[0], avoid)
    if expected and got is not None and got != expected:
        yield "pages", f"{got} pages, not {expected}"


def slides(files, target, source, avoid):
    expected, got = source.pages(avoid), office_text.slides_of(files[0])
    if expected and got is not None and source.family in ("presentation", "pdf") and got != expected:
        yield "pages", f"{got} slides, not {expected}"


def blank_pages(files, target, source, avoid):
    """Pages of one colour, where the source has none."""
    looks = pictures.pdf_pages(files[0], avoid)
    if not looks:
        return
    blank = [number for number, gray in enumerate(looks, 1) if gray.blank]
    if source.format == "pdf":
        allowed = sum(gray.blank for gray in pictures.pdf_pages(source.file, avoid) or ())
    else:
        first = source.gray(avoid)
        # Documents may have empty pages of their own, but something has to be somewhere if there are words or a picture.
        something = bool(source.words(avoid)) or first is not None and not first.blank
        allowed = len(looks) - 1 if something else len(looks)
    if len(blank) > allowed:
        yield "blank", f"pages {', '.join(map(str, blank[:10]))} of {len(looks)} are blank"


def shape(files, target, source, avoid):
    """A picture's page has the picture's proportions, or those of paper."""
    size, wanted = sources.pdf_page_size(files[0]), source.sizes(avoid)
    if size and wanted and not any(abs(size[0] / size[1] * height / width - 1) < 0.03 for width, height in wanted):
        looks, first = pictures.pdf_pages(files[0], avoid, 1), source.gray(avoid)
        if not looks or first is None or looks[0].blank:
            yield "size", f"a page of {size[0]:.0f} x {size[1]:.0f} points for {wanted[0]}"


def page_files(files, target, source, avoid):
    """As many pictures as pages."""
    expected = source.pages(avoid) if source.family == "pdf" else None
    got = len(files)
    if target in ("tiff", "gif") and got == 1:
        got = len(pictures.sizes_of(files[0], target, avoid) or ()) or got
    if expected and got != expected:
        yield "pages", f"{got} pictures, not {expected}"


def image_sizes(files, target, source, avoid):
    wanted = source.sizes(avoid)
    got = pictures.sizes_of(files[0], target, avoid)
    if not wanted or not got:
        return
    near = 0 if source.family == "image" else 2

    def fits(size, want):
        if target == "ico" and max(want) > 256:
            return max(size) <= 256 and abs(size[0] * want[1] - size[1] * want[0]) <= 2 * max(want)
        return abs(size[0] - want[0]) <= near and abs(size[1] - want[1]) <= near
    if not any(fits(size, want) for size in got for want in wanted):
        yield "size", f"{got[0][0]} x {got[0][1]}, not {wanted[0][0]} x {wanted[0][1]}"


def image_looks(files, target, source, avoid):
    """Not of one colour, and from afar like the source."""
    looks = [pictures.gray_of(path, target, avoid) for path in files[:10]]
    if any(one is None for one in looks):
        return
    reference = source.gray(avoid)
    empty = [path.name for path, one in zip(files, looks) if one.blank]
    if reference is None:
        if len(empty) == len(looks) and (source.words(avoid) or source.family == "raw"):
            yield "blank", "everything is of one colour"
        return
    if looks[0].blank and not reference.blank:
        others = [pictures.gray_of(files[0], target, avoid, background, exact=target in pictures.HEIF) for background in ("white", "black")]
        if all(one is None or one.blank for one in others):
            yield "blank", "the picture is of one colour"
            return
    if source.family != "video" and unlike(files[0], looks[0], target, source, avoid):
        yield "picture", f"looks different: {pictures.difference(looks[0], reference):.0f} of 255 away"


def unlike(path, first, target, source, avoid):
    """Whether it looks different on white and on black: what is transparent has to be put on something.

    What is transparent in HEIF only libheif's own tool knows; where that gives up nobody can tell.
    """
    def looks(exact):
        yield first, source.gray(avoid)
        yield first, source.gray(avoid, "black")
        yield pictures.gray_of(path, target, avoid, "black"), source.gray(avoid, "black")
        if exact:
            for one in ("white", "black"):
                made = pictures.gray_of(path, target, avoid, one, exact=True)
                for other in ("white", "black"):
                    yield made, pictures.gray_of(source.file, source.format, avoid, other, exact=True)
    exact = pictures.HEIF & {target, source.format}
    if any(one is not None and other is not None and pictures.difference(one, other) <= FAR for one, other in looks(exact)):
        return False
    return source.format not in pictures.HEIF or pictures.gray_of(source.file, source.format, exact=True) is not None


def thumbnail(files, source, avoid):
    size = (pictures.sizes_of(files[0], "png", avoid) or [None])[0]
    if size and max(size) > THUMBNAIL:
        yield "size", f"{size[0]} x {size[1]}, more than {THUMBNAIL} x {THUMBNAIL}"
    wanted = source.sizes(avoid)
    if size and wanted and not any(abs(size[0] / size[1] * height / width - 1) < 0.06 + 2 / min(size) for width, height in wanted):
        yield "size", f"{size[0]} x {size[1]} of {wanted[0]}"
    yield from image_looks(files, "png", source, avoid)


def streams(files, target, source, avoid):
    """Sound and film are there, last as long, and are not silent or blank."""
    made, origin = media.Media(files[0]), source.media
    if not origin or target in ("gif",):
        return
    wants_film = target in media.VIDEO and origin.video is not None
    if wants_film and made.video is None:
        yield "streams", "no film"
    if origin.audio and made.audio is None:
        yield "streams", "no sound"
    yield from duration(made, origin)
    if wants_film and made.video and made.size and origin.size and any(abs(a - b) > 2 for a, b in zip(made.size, origin.size)):
        yield "size", f"{made.size[0]} x {made.size[1]}, not {origin.size[0]} x {origin.size[1]}"
    if origin.audio and made.audio and (origin.loudness or 0) > media.SILENT and (made.loudness or 0) < media.SILENT:
        yield "streams", "silent"
    if wants_film and made.video and origin.middle and not origin.middle.blank:
        if made.middle is None or made.middle.blank:
            yield "blank", "the film is of one colour"
        elif (apart := min(pictures.difference(made.middle, one) for one in origin.views)) > 1.5 * FAR:
            yield "picture", f"the film looks different: {apart:.0f} of 255 away"


def duration(made, origin):
    """As long as what is really in the source, where headers differ."""
    def apart(one, other):
        return abs(one - other) > max(0.5, other * 0.03)
    if made.duration is not None and origin.duration is not None and not apart(made.duration, origin.duration):
        return
    lasted, last = made.decoded_seconds, origin.decoded_seconds
    if lasted is not None and last is not None and apart(lasted, last):
        yield "duration", f"{lasted:.2f} s, not {last:.2f} s"


def members(files, target, source, avoid):
    """Every file of the archive is there, as large as it was."""
    got = archives.members(files[0], target, avoid)
    if got is None:
        return
    faults = [lacking(wanted, got) for wanted in source.readings()]
    if faults and all(faults):
        yield "members", faults[0]


def lacking(wanted, got):
    """What `got` lacks of `wanted`, or None."""
    names = {archives.plain(name) for name, _ in got}
    lost = [name for name, _ in wanted if name and name.isascii() and archives.plain(name) not in names]
    if lost:
        return f"{len(lost)} of {len(wanted)} files are not there: {', '.join(lost[:3])}"
    if len(got) < len(wanted):
        return f"{len(got)} files, not {len(wanted)}"
    sizes, there = [size for _, size in wanted], [size for _, size in got]
    if None not in sizes + there and sum(sizes) != sum(there):
        return f"{sum(there)} bytes in all, not {sum(sizes)}"
    return None


def letters(files, target, source, avoid):
    wanted, got = source.letters(), fonts.letters(files[0])
    if wanted and got is not None and len(wanted - got) > len(wanted) * (1 - RECALL):
        yield "glyphs", f"{len(wanted - got)} of {len(wanted)} letters are not there"
