#pragma once

#include <string_view>

namespace recast::engines::cadconverter {

/// Draws layouts of in/in-1.dxf as out/out.pdf or out/out-N.<format>, as in/order.json says.
inline constexpr std::string_view kScript = R"py(import json, logging, sys

import matplotlib

matplotlib.use("Agg")
logging.disable(logging.CRITICAL)
import matplotlib.pyplot as pyplot
from ezdxf import DXFError, recover
from ezdxf.addons.drawing import Frontend, RenderContext
from ezdxf.addons.drawing.matplotlib import MatplotlibBackend
from matplotlib.backends.backend_pdf import PdfPages

LONG_SIDE = 420 / 25.4  # inches: that of an A3 sheet
PIXELS = 2000


def add_missing_layers(document):
    """Entities on layers that the table does not have would be drawn white on white."""
    for space in document.layouts_and_blocks():
        for name in {entity.dxf.get("layer", "0") for entity in space}:
            if name not in document.layers:
                document.layers.add(name)


def chosen_layouts(document, order):
    names = [layout.name for layout in document.layouts]
    names.sort(key=lambda name: document.layouts.get(name).dxf.get("taborder", 0))
    by_lower = {name.lower(): name for name in names}
    wanted = [word.strip().lower() for word in order["layouts"].split(",") if word.strip()]
    if wanted:
        if any(name not in by_lower for name in wanted):
            sys.exit("no such layout: there are " + ", ".join(names))
        return [document.layouts.get(by_lower[name]) for name in wanted]
    if not order["all_layouts"]:
        names = ["Model"]
    filled = [layout for layout in map(document.layouts.get, names) if is_filled(layout)]
    return filled or [layout for layout in document.layouts if is_filled(layout)][:1]


def is_filled(layout):
    return any(entity.dxftype() != "VIEWPORT" for entity in layout)


def is_dark(colour):
    return sum(int(colour[at : at + 2], 16) for at in (1, 3, 5)) < 384


def draw(document, layout, order):
    figure = pyplot.figure()
    axes = figure.add_axes([0.01, 0.01, 0.98, 0.98])
    context = RenderContext(document)
    context.set_current_layout(layout)
    background = order["background"] or "#ffffff"
    context.current_layout_properties.set_colors(background, "#ffffff" if is_dark(background) else "#000000")
    Frontend(context, MatplotlibBackend(axes)).draw_layout(
        layout, finalize=True, layout_properties=context.current_layout_properties)
    figure.patch.set_facecolor(background)
    width = abs(axes.get_xlim()[1] - axes.get_xlim()[0]) or 1
    height = abs(axes.get_ylim()[1] - axes.get_ylim()[0]) or 1
    shape = min(max(width / height, 0.05), 20)
    figure.set_size_inches((LONG_SIDE, LONG_SIDE / shape) if shape > 1 else (LONG_SIDE * shape, LONG_SIDE))
    return figure


def density(figure, order):
    """Dots per inch that make an image of the size asked for."""
    width, height = figure.get_size_inches()
    bounds = [order[name] / side for name, side in (("width", width), ("height", height)) if order[name]]
    return min(bounds) if bounds else PIXELS / max(width, height)


def main():
    with open("in/order.json") as file:
        order = json.load(file)
    with open("in/in-1.dxf", "rb") as file:
        beginning = file.read(1 << 20)
    if b"SECTION" not in beginning:
        sys.exit("not a drawing: it has no sections")
    try:
        document, _ = recover.readfile("in/in-1.dxf")
    except (OSError, DXFError, ValueError) as error:
        sys.exit("not a drawing: %s" % type(error).__name__)
    add_missing_layers(document)
    layouts = chosen_layouts(document, order)
    if not layouts:
        sys.exit("nothing to draw")
    pages = PdfPages("out/out.pdf") if order["to"] == "pdf" else None
    for number, layout in enumerate(layouts, 1):
        figure = draw(document, layout, order)
        if pages:
            pages.savefig(figure, facecolor=figure.get_facecolor())
        else:
            figure.savefig("out/out-%d.%s" % (number, order["to"]), dpi=density(figure, order),
                           facecolor=figure.get_facecolor())
        pyplot.close(figure)
    if pages:
        pages.close()


main()
)py";

}  // namespace recast::engines::cadconverter
