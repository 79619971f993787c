#include <memory>
#include <optional>

#include "engine/magick.hpp"
#include "engine/registry.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace rawpreview {
namespace {

namespace magick = engine::magick;

constexpr auto kProduct = magick::Product::imagemagick;

/// A preview of which a part is missing is no picture either.
std::optional<Error> doubt(const engine::StepEnd& end) {
  for (const auto* const words : {"insufficient image data", "Premature end", "Corrupt JPEG", "Not a JPEG"}) {
    if (!end.errors.contains(words)) continue;
    return Error{ErrorCode::conversion_failed, "The preview in the camera file is damaged, too.", {}};
  }
  if (end.errors.contains("no images defined"))
    return Error{ErrorCode::conversion_failed, "There is no preview in the camera file.", {}};
  return magick::doubt(end);
}

class RawPreview final : public engine::Engine {
 public:
  RawPreview() : Engine(describe()) {}

 private:
  static engine::Info describe() {
    engine::Info info;
    info.name = "rawpreview";
    info.summary = "The camera's own preview, of raw files that cannot be developed.";
    info.group = "image";
    info.abilities = {{.conversions = engine::pairs({"3fr", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "mos",
                                                     "mrw", "nef", "orf", "pef", "raf", "raw", "rw2", "x3f"},
                                                    {"jpg", "png", "tiff", "webp"}, 70),
                       .options = schema::describe<magick::Options>()}};
    info.detection = {.programs = {"exiftool", "convert-im6.q16"},
                      .version_command = {"exiftool", "-ver"},
                      .version_pattern = "([0-9.]+)"};
    return info;
  }

  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<magick::Options>(request.options));
    RECAST_CHECK(magick::check(options, request.to));
    engine::Plan plan;
    engine::ProgramStep find;
    find.program = "exiftool";
    find.arguments = {"-config",
                      "",
                      "-q",
                      "-q",
                      "-b",
                      "-W",
                      "tmp/%t.jpg",
                      "-JpgFromRaw",
                      "-PreviewImage",
                      "-OtherImage",
                      request.inputs.front()};
    find.accepted = {1};
    find.limits.memory = 1ULL << 30;
    plan.steps.push_back({.action = std::move(find)});
    magick::Arguments arguments{"jpeg:tmp/JpgFromRaw.jpg",
                                "jpeg:tmp/PreviewImage.jpg",
                                "jpeg:tmp/OtherImage.jpg",
                                "-delete",
                                "1--1",
                                "+repage"};
    for (const auto& more :
         {magick::shaping(kProduct, options, request.to), magick::writing(options, "jpg", request.to)})
      arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(magick::named(request.to, "out/out." + request.to));
    auto draw = magick::step(kProduct, "convert", std::move(arguments));
    std::get<engine::ProgramStep>(draw.action).accepted = {1};
    plan.steps.push_back(std::move(draw));
    magick::add_policy(plan);
    plan.outputs = {"out/out." + request.to};
    plan.explain = &magick::explain;
    plan.doubt = &doubt;
    return plan;
  }
};

}  // namespace
}  // namespace rawpreview

Result<> register_rawpreview(engine::Registry& registry) {
  return registry.add(std::make_unique<rawpreview::RawPreview>());
}

}  // namespace recast::engines
