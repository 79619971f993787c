"""What lies in an archive: names and sizes of its files, by a program that did not write it."""
import re
import tarfile
import zipfile

import programs

TARS = {"tar", "tar.gz", "tar.bz2", "tar.xz", "tgz", "tbz2", "tar.bz", "tbz"}
SINGLE = set("gz bz2 bz xz lzma lz z lzo rz".split())


def by_python(path, extension):
    try:
        if extension in ("zip", "jar", "cbz"):
            with zipfile.ZipFile(path) as archive:
                return [(one.filename, one.file_size) for one in archive.infolist() if not one.is_dir()]
        if extension in TARS:
            with tarfile.open(path) as archive:
                return [(one.name, one.size) for one in archive if one.isfile() or one.islnk()]
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
        if "Path" in fields and fields.get("Folder") != "+" and not fields.get("Attributes", "").startswith("D"):
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


def plain(name):
    """A name by which a file is found again whatever was done to folders, letters and encodings."""
    return re.sub(r"[^a-z0-9.]+", "", name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].lower())
