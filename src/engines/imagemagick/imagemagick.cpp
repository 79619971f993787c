#include <fmt/format.h>

#include <array>
#include <iterator>
#include <memory>

#include "engine/magick.hpp"
#include "engine/registry.hpp"
#include "engines/imagemagick/formats.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace imagemagick {
namespace {

namespace magick = engine::magick;
using format::PageList;
using magick::Arguments;
using magick::Options;

constexpr auto kProduct = magick::Product::imagemagick;

// A red and a blue square, 2 x 1, as PPM.
constexpr std::string_view kSample{"P6\n2 1\n255\n\xff\0\0\0\0\xff", 17};

void append(Arguments& to, Arguments more) { std::ranges::move(more, std::back_inserter(to)); }

engine::Step program(std::string name, Arguments arguments) {
  engine::ProgramStep action;
  action.program = std::move(name);
  action.arguments = std::move(arguments);
  action.limits = {.cpu = std::chrono::minutes(10), .memory = 3ULL << 30, .descriptors = 64, .processes = 16};
  return {std::move(action), 1};
}

class Planner {
 public:
  Planner(const engine::Request& request, Options options, PageList pages)
      : request_(request), options_(std::move(options)), pages_(std::move(pages)) {
    plan_.explain = pages_.all() ? &magick::explain : &magick::explain_frames;
    magick::add_policy(plan_);
  }

  engine::Plan make() {
    auto arguments = source();
    append(arguments, magick::shaping(kProduct, options_, request_.to));
    if (request_.to == "icns") {
      icon_family(std::move(arguments));
    } else {
      write(std::move(arguments));
    }
    return std::move(plan_);
  }

 private:
  Arguments source();
  Arguments decoded_raw();
  Arguments largest_icon();
  Arguments drawing();
  void icon_family(Arguments arguments);
  void write(Arguments arguments);

  /// Some of the files or frames that are read may be missing; the plan's doubt then looks at what was said.
  void convert(Arguments arguments) {
    auto step = magick::step(kProduct, "convert", std::move(arguments), 2);
    if (plan_.doubt) std::get<engine::ProgramStep>(step.action).accepted = {1};
    plan_.steps.push_back(std::move(step));
  }

  const engine::Request& request_;
  Options options_;
  PageList pages_;
  engine::Plan plan_;
};

/// The arguments that read the images, after what has to be done before.
Arguments Planner::source() {
  if (is_raw(request_.from)) return decoded_raw();
  if (request_.from == "icns") return largest_icon();
  if (is_drawing(request_.from)) return drawing();
  const auto file = magick::named(request_.from, request_.inputs.front());
  const auto frames = magick::frames(pages_);
  if (pages_.ranges().size() > 1) plan_.doubt = &magick::doubt;
  if (is_animated(request_.from)) {
    if (pages_.all()) return {file, "-coalesce"};
    // A frame may be no more than what changes in it: all are completed before some are taken.
    plan_.steps.push_back(magick::step(kProduct, "convert", {file, "-coalesce", "miff:tmp/frames.miff"}));
    return {"miff:tmp/frames.miff" + frames};
  }
  // The first image of a layered file is the whole picture; icons and HEIC files begin with the one that counts.
  if (pages_.all() && !is_paged(request_.from)) return {file + "[0]", "+repage"};
  return {file + frames, "+repage"};
}

/// What is missing of a camera's picture LibRaw leaves black or white, and ends well.
std::optional<Error> doubt_raw(const engine::StepEnd& end) {
  for (const auto* const words : {": data corrupted at ", "Unexpected end of file", "unexpected end of file"}) {
    if (!end.errors.contains(words)) continue;
    return Error{ErrorCode::conversion_failed, "The camera's picture is damaged, or its end is missing.", {}};
  }
  return magick::doubt(end);
}

/// LibRaw's picture, or the largest one the camera put beside it where LibRaw cannot read the sensor's data.
Arguments Planner::decoded_raw() {
  const auto& input = request_.inputs.front();
  auto decode = program("dcraw_emu", {"-w", "-T", "-Z", "-", input});
  decode.weight = 4;
  std::get<engine::ProgramStep>(decode.action).output_file = "tmp/raw.tiff";
  plan_.steps.push_back(std::move(decode));
  auto previews = program("exiftool", {"-config", "", "-q", "-q", "-b", "-W", "tmp/%t.jpg", "-JpgFromRaw",
                                       "-PreviewImage", "-OtherImage", "-ThumbnailImage", input});
  std::get<engine::ProgramStep>(previews.action).accepted = {1};
  plan_.steps.push_back(std::move(previews));
  plan_.doubt = &doubt_raw;
  return {"tiff:tmp/raw.tiff",
          "jpeg:tmp/JpgFromRaw.jpg",
          "jpeg:tmp/PreviewImage.jpg",
          "jpeg:tmp/OtherImage.jpg",
          "jpeg:tmp/ThumbnailImage.jpg",
          "-delete",
          "1--1",
          "+repage"};
}

Arguments Planner::largest_icon() {
  plan_.steps.push_back(program("icns2png", {"-x", "-o", "tmp", request_.inputs.front()}));
  plan_.doubt = &magick::doubt;
  Arguments result;
  for (const int side : {1024, 512, 256, 128, 64, 48, 32, 16})
    result.push_back(fmt::format("png:tmp/in-1_{0}x{0}x32.png", side));
  append(result, {"-delete", "1--1", "+repage"});
  return result;
}

/// Drawn by librsvg: ImageMagick's own reader of SVG has followed too many references. A drawing has no size of its own
/// that must not be exceeded, so it is drawn as large as it shall become.
Arguments Planner::drawing() {
  constexpr double kPixelsPerInch = 96;
  Arguments arguments{"-f", "png", "-o", "tmp/drawing.png"};
  if (options_.width) append(arguments, {"-w", std::to_string(*options_.width)});
  if (options_.height && (!options_.width || options_.fit == "max"))
    append(arguments, {"-h", std::to_string(*options_.height)});
  if (options_.width || options_.height) {
    arguments.emplace_back("-a");
  } else if (options_.pixel_density) {
    append(arguments, {"-z", fmt::format("{}", static_cast<double>(*options_.pixel_density) / kPixelsPerInch)});
  }
  arguments.push_back(request_.inputs.front());
  plan_.steps.push_back(program("rsvg-convert", std::move(arguments)));
  return {"png:tmp/drawing.png", "+repage"};
}

/// All sizes of an icon family, from the largest down, each made from the one before.
void Planner::icon_family(Arguments arguments) {
  constexpr std::array kSides{1024, 512, 256, 128, 48, 32, 16};
  append(arguments, {"-background", "none", "-gravity", "center"});
  Arguments family{"out/out.icns"};
  for (const int side : kSides) {
    const auto box = fmt::format("{0}x{0}", side);
    const auto file = fmt::format("tmp/{}.png", side);
    append(arguments, {"-resize", box, "-extent", box});
    append(arguments, side == kSides.back() ? Arguments{"png32:" + file} : Arguments{"-write", "png32:" + file});
    family.push_back(file);
  }
  convert(std::move(arguments));
  plan_.steps.push_back(program("png2icns", std::move(family)));
  plan_.outputs = {"out/out.icns"};
}

void Planner::write(Arguments arguments) {
  const auto& to = request_.to;
  append(arguments, magick::writing(options_, request_.from, to));
  if (to == "pdf") {
    append(arguments, {"-compress", "lzw", "tiff:tmp/pages.tiff"});
    convert(std::move(arguments));
    magick::write_pdf(plan_, options_, is_raw(request_.from) ? "jpg" : request_.from);
    return;
  }
  if (to == "ico") {
    const bool sized = options_.width || options_.height;
    if (!sized)
      append(arguments, {"-background", "none", "-gravity", "center", "-resize", "256x256", "-extent", "256x256"});
    append(arguments,
           sized ? Arguments{"-resize", "256x256>"} : Arguments{"-define", "icon:auto-resize=256,128,64,48,32,16"});
  }
  const bool one = joins(request_.from, to);
  if (one && is_animated(request_.from) && to == "gif") append(arguments, {"-layers", "optimize"});
  arguments.push_back(magick::named(to, one ? "out/out." + to : "out/out-%05d." + to));
  convert(std::move(arguments));
  plan_.outputs = {one ? "out/out." + to : "out/out-*." + to};
}

engine::Info describe() {
  engine::Info info;
  info.name = "imagemagick";
  info.summary = "Raster images of all kinds and camera raw files, by ImageMagick and LibRaw.";
  info.group = "image";
  info.abilities = {{.conversions = conversions(), .options = schema::describe<Options>()}};
  // Never "convert": other programs call themselves so, too.
  info.detection = {.programs = {"convert-im6.q16"},
                    .version_command = {"convert-im6.q16", "-version"},
                    .version_pattern = "Version: ImageMagick ([0-9.]+)"};
  info.probe = {.from = "ppm", .to = "png", .content = std::string(kSample), .options = {}};
  return info;
}

class ImageMagick final : public engine::Engine {
 public:
  ImageMagick() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(auto options, schema::parse<Options>(request.options));
    RECAST_TRY(auto pages, PageList::parse(options.pages));
    RECAST_CHECK(magick::check(options, request.to));
    if (request.from == "pdf") return magick::draw_pages(kProduct, request, options, pages);
    return Planner(request, std::move(options), std::move(pages)).make();
  }
};

}  // namespace
}  // namespace imagemagick

Result<> register_imagemagick(engine::Registry& registry) {
  return registry.add(std::make_unique<imagemagick::ImageMagick>());
}

}  // namespace recast::engines
