#pragma once

#include <string_view>

namespace recast::engines::fontforge {

/// Converts in/in-1.<argument 1> to out/out.<argument 2>. The tables of a font are kept as they are where only its
/// container changes; FontForge is asked where outlines have to become others (quadratic and cubic curves).
inline constexpr std::string_view kScript = R"py(import ctypes, io, os, subprocess, sys
from fontTools.ttLib import TTFont

source, target = sys.argv[1:3]
output = "out/out." + target


def unwrap_eot(data):
    """The font in an EOT, whose data may be compressed (MTX) and encrypted (XOR)."""
    library = ctypes.CDLL("libeot.so.0")
    metadata = ctypes.create_string_buffer(4096)  # far larger than libeot's structure
    font, size = ctypes.POINTER(ctypes.c_uint8)(), ctypes.c_uint()
    status = library.EOT2ttf_buffer(data, len(data), metadata, ctypes.byref(font), ctypes.byref(size))
    if status != 0 or not font:
        sys.exit("not a font: EOT error %d" % status)
    return ctypes.string_at(font, size.value)


def save(font, file, flavor=None):
    font.flavor = flavor
    font.flavorData = None if flavor is None else font.flavorData
    font.save(file, reorderTables=None if flavor is None else True)


def open_font(data):
    return TTFont(io.BytesIO(data), fontNumber=0, recalcBBoxes=False, recalcTimestamp=False)


with open("in/in-1." + source, "rb") as file:
    data = file.read()
if data[34:36] == b"LP":
    data = unwrap_eot(data)
try:
    font = open_font(data)
    glyphs = len(font.getGlyphOrder())
    cubic = "CFF " in font or "CFF2" in font
except Exception as error:
    sys.exit("not a font: %s" % error)
if not cubic and "glyf" not in font:
    sys.exit("no outlines: the font has pictures only")
wanted = {"ttf": False, "otf": True}.get(target, cubic)
if wanted != cubic:
    before, after = "tmp/before." + ("otf" if cubic else "ttf"), "tmp/after." + target
    save(font, before)
    change = 'Open($1); Generate($2, "", 4)'
    subprocess.run(["fontforge", "-lang=ff", "-c", change, before, after], stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, check=False)
    if not os.path.exists(after):
        sys.exit("FontForge could not change the outlines")
    with open(after, "rb") as file:
        font = open_font(file.read())
if target == "eot":
    save(font, "tmp/plain.ttf")
    with open(output, "wb") as file:
        subprocess.run(["mkeot", "tmp/plain.ttf"], stdout=file, check=True)
else:
    save(font, output, target if target in ("woff", "woff2") else None)
)py";

}  // namespace recast::engines::fontforge
