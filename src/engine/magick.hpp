#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/plan.hpp"
#include "format/page_list.hpp"
#include "schema/field.hpp"

/// What ImageMagick and GraphicsMagick have in common: one ancestor, one language of arguments, one set of options.
namespace recast::engine::magick {

enum class Product { imagemagick, graphicsmagick };

/// processing.md 3.6.
struct Options {
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string fit = "max";
  bool strip = false;
  bool auto_orient = true;
  std::optional<std::int64_t> quality;
  std::optional<std::int64_t> pixel_density;
  std::string pages;
  double rotate = 0;
  bool grayscale = false;
  std::string colorspace = "unchanged";
  std::string background;
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::width, "width", "Width in pixels; alone it keeps the aspect ratio.",
                    {.min = 1, .max = 65'535}),
      schema::field(&Options::height, "height", "Height in pixels; alone it keeps the aspect ratio.",
                    {.min = 1, .max = 65'535}),
      schema::field(&Options::fit, "fit",
                    "max stays inside width and height and never enlarges, crop fills both and cuts the overflow, "
                    "scale stretches.",
                    {.values = {"max", "crop", "scale"}}),
      schema::field(&Options::strip, "strip", "Drop metadata and colour profiles; colours are brought to sRGB first."),
      schema::field(&Options::auto_orient, "auto_orient", "Turn the image upright as its EXIF orientation says."),
      schema::field(&Options::quality, "quality",
                    "Quality of jpg, webp, avif and heic, 1 to 100; of a png the tens are the effort of compression.",
                    {.min = 1, .max = 100}),
      schema::field(&Options::pixel_density, "pixel_density",
                    "Dots per inch: how finely a page is drawn (150 if not given), and what is noted in an image.",
                    {.min = 10, .max = 2'400, .aliases = {"density"}}),
      schema::field(&Options::pages, "pages",
                    "Pages, frames or layers to convert, such as 1-3,5. Of a layered image the first is the whole "
                    "picture, which alone is converted if nothing is said.",
                    {.aliases = {"page_range"}}),
      schema::field(&Options::rotate, "rotate", "Degrees to rotate clockwise.", {.min = -360, .max = 360}),
      schema::field(&Options::grayscale, "grayscale", "The same as colorspace grayscale."),
      schema::field(&Options::colorspace, "colorspace",
                    "Colours of the output. cmyk is possible for jpg, tiff and psd.",
                    {.values = {"unchanged", "rgb", "cmyk", "grayscale"}}),
      schema::field(&Options::background, "background",
                    "Colour behind transparent parts, such as #ff8000; white where the format has no transparency."),
      schema::field(&Options::password, "password", "Password that opens a PDF document.",
                    {.verbatim = true, .secret = true}),
  };

  bool gray() const { return grayscale || colorspace == "grayscale"; }
};

using Arguments = std::vector<std::string>;

/// "#rrggbb" or "#rgb".
bool is_colour(std::string_view text);
/// invalid_data for a colour that is none, and for CMYK where the format has no such thing.
Result<> check(const Options& options, std::string_view to);

/// A file with the coder that has to read or write it, such as "jpeg:in/in-1.jpg": its content is never asked.
std::string named(std::string_view format, std::string_view file);
/// The frames of a file, as its name takes them: "[0-2,4]"; empty for all.
std::string frames(const format::PageList& pages);
/// What is done to each image between reading and writing. `opaque`: none of them has transparent parts, so nothing has
/// to be painted behind them, for which GraphicsMagick takes half as long as for all the rest.
Arguments shaping(Product product, const Options& options, std::string_view to, bool opaque = false);
/// What only its writer wants: quality, compression, resolution.
Arguments writing(const Options& options, std::string_view from, std::string_view to);
/// Whether the format has no transparency: what is behind has to be painted.
bool is_opaque(std::string_view format);

/// One command of the product, such as "convert" or "mogrify". Plans of ImageMagick need the policy file, too.
Step step(Product product, const std::string& command, Arguments arguments, int weight = 1);
/// The policy of ImageMagick's steps: the coders of our formats and no others, nothing started, its own limits.
void add_policy(Plan& plan);

/// Draws the pages of a PDF with pdftoppm and finishes them with the product.
Plan draw_pages(Product product, const Request& request, const Options& options, const format::PageList& pages);
/// Makes the pages tmp/page-*.ppm images of format `to`, or one TIFF.
void finish_pages(Plan& plan, Product product, const Options& options, const std::string& from, const std::string& to);
/// Writes the images of a TIFF file, which are tmp/pages.tiff, as the pages of out/out.pdf. By GraphicsMagick for both:
/// Debian's policy lets ImageMagick write no PDF, and what the system forbids a policy of ours cannot allow.
void write_pdf(Plan& plan, const Options& options, std::string_view from);

Error explain(const StepEnd& end);
/// The same where a client has named frames: that nothing was read then means there are no such frames.
Error explain_frames(const StepEnd& end);
/// For plans that accept status 1 because a frame, or one of several files, may be missing: every other error counts.
std::optional<Error> doubt(const StepEnd& end);

}  // namespace recast::engine::magick
