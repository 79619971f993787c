#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_fixture.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/picture.hpp"
#include "engine/registry.hpp"

namespace recast::engines {

Result<> register_ffmpeg(engine::Registry& registry);
Result<> register_qpdf(engine::Registry& registry);
Result<> register_stamp(engine::Registry& registry);
Result<> register_vips(engine::Registry& registry);

namespace test_stamp {

namespace fs = std::filesystem;
using json = boost::json::object;

/// Watermarks by one engine, with the workers that draw and lay them.
template <test::EngineRun::Register kEngine, test::EngineRun::Register... kOthers>
class Watermarks : public test::EngineFixture<kEngine, kOthers...> {
 protected:
  using Base = test::EngineFixture<kEngine, kOthers...>;

  static Result<operation::Executed> mark(const std::vector<fs::path>& files, const json& options) {
    const auto format = files.front().extension().string().substr(1);
    return Base::run().run({.operation = "watermark", .from = format, .to = "", .files = files, .options = options});
  }
  /// The file that came out.
  static fs::path marked(const std::vector<fs::path>& files, const json& options) {
    const auto done = mark(files, options);
    EXPECT_TRUE(done) << done.error().message;
    return done && !done->files.empty() ? done->files.front() : fs::path("/nonexistent");
  }
  static Error refused(const std::vector<fs::path>& files, const json& options) {
    const auto done = mark(files, options);
    EXPECT_FALSE(done);
    return done ? Error{} : done.error();
  }
  static fs::path write(const std::string& name, std::string_view content) {
    return Base::run().folder().write(name, content);
  }
  /// Red, green and blue of a pixel.
  static std::vector<int> colour(const fs::path& file, int x, int y) {
    std::vector<int> values;
    std::istringstream text(test::pixel_of(file, x, y));
    for (double value = 0; text >> value;) values.push_back(static_cast<int>(value));
    values.resize(3);
    return values;
  }
  /// A page as seen at 72 dots per inch: a point is a pixel.
  static fs::path seen(const fs::path& pdf, int page = 1) {
    const auto name = pdf.parent_path() / fmt::format("seen-{}", page);
    test::output_of(fmt::format("pdftoppm -r 72 -png -cropbox -singlefile -f {0} -l {0} '{1}' '{2}' 2>&1", page,
                                pdf.string(), name.string()));
    return name.string() + ".png";
  }
};

inline constexpr std::string_view kGreenSvg =
    "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='50'><rect width='100' height='50' "
    "fill='#00ff00'/></svg>";

}  // namespace test_stamp
}  // namespace recast::engines
