"""What lies in an archive: names and sizes of its files, by a program that did not write it."""
import io
import pathlib
import re
import stat
import tarfile
import tempfile
import zipfile

import programs

TARS = {"tar", "tar.gz", "tar.bz2", "tar.xz", "tgz", "tbz2", "tar.bz", "tbz"}
SINGLE = set("gz bz2 bz xz lzma lz z lzo rz".split())


def by_python(path, extension):
    try:
        if extension in ("zip", "jar", "cbz"):
            with zipfile.ZipFile(path) as archive:
                return [(one.filename, one.file_size) for one in archive.infolist() if not one.is_dir() and not stat.S_ISLNK(one.external_attr >> 16)]
        if extension in TARS:
            with tarfile.open(path) as archive:
                return [(one.name, one.size) for one in archive if one.isfile()]
    except (OSError, EOFError, ValueError, tarfile.TarError, zipfile.BadZipFile, RuntimeError):
        pass
    return None


def by_7z(path):
    listed = programs.text("7z", "l", "-slt", "-ba", "-p", path)
    if not listed:
        return None
    found = []
    for block in listed.split("\n\n"):
        fields = dict(line.split(" = ", 1) for line in block.splitlines() if " = " in line)
        kind = fields.get("Attributes", "") + " " + fields.get("Mode", "")
        if "Path" in fields and fields.get("Folder") != "+" and not re.search(r"^D|[ _]l[r-]|^[dl]|^\S* [dl]", kind):
            size = fields.get("Size", "")
            found.append((fields["Path"], int(size) if size.isdigit() else None))
    return found


def by_unar(path):
    listed = programs.text("lsar", "-j", path)
    names = re.findall(r'"XADFileName": ?"((?:[^"\\]|\\.)*)"', listed or "")
    return [(name.encode().decode("unicode_escape", "replace") if "\\" in name else name, None) for name in names] or None


def by_bsdtar(path):
    listed = programs.text("bsdtar", "-tf", path)
    return [(line, None) for line in listed.splitlines() if not line.endswith("/")] if listed else None


def members(path, extension, avoid=()):
    """(name, size or None) of every file, or None."""
    ways = [("python", lambda: by_python(path, extension)), ("7z", lambda: by_7z(path) if extension not in TARS else None), ("unar", lambda: by_unar(path)),
            ("libarchive", lambda: by_bsdtar(path))]
    return programs.first(ways, set(avoid) | ({"libarchive"} if "archivetool" in avoid else set()))


def ar_members(path):
    """Of a Debian package."""
    content, at, found = pathlib.Path(path).read_bytes(), 8, []
    while content[:8] == b"!<arch>\n" and at + 60 <= len(content):
        size = int(content[at + 48:at + 58])
        found.append((content[at:at + 16].decode("ascii", "replace").strip(" /"), size))
        at += 60 + size + size % 2
    return found or None


def inner(path):
    """What lies in the one archive in this one: a tar in a 7z, a cpio in an rpm. A file that is none has no name here."""
    content = programs.run("7z", "x", "-so", "-p", path)
    if not content:
        return None
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            return [(one.name, one.size) for one in archive if one.isfile()] or None
    except (tarfile.TarError, EOFError, ValueError):
        pass
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return by_7z(file.name) or [("", len(content))]


def readings(path, extension):
    """Lists of members, each of which an output may have: packages and packed archives can be read as what they are or as what is inside."""
    outer = members(path, extension, {"archivetool"})
    if extension in ("deb", "ar"):
        return [one for one in (outer, ar_members(path)) if one]
    if outer is not None and len(outer) > 1:
        return [outer]
    return [one for one in (inner(path), None if extension in SINGLE else outer) if one]


def plain(name):
    """A name by which a file is found again whatever was done to folders, letters and encodings."""
    return re.sub(r"[^a-z0-9.]+", "", name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].lower())
