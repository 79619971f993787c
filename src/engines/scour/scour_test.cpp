#include "../../../tests/support/optimizing.hpp"

namespace recast::engines {

Result<> register_scour(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
using test::output_of;
using testing::HasSubstr;

class Scour : public test::Optimizing<&register_scour> {
 protected:
  Scour() : Optimizing("svg", {"scour", "rsvg-convert", "compare"}) {}
};

TEST_F(Scour, DoesItsProbe) { expect_probe_done(); }

TEST_F(Scour, SaysThatAFileIsDamaged) { expect_damage_told(); }

TEST_F(Scour, LooksTheSameAndIsSmaller) {
  const auto drawing =
      run().folder().write("drawing.svg",
                           "<?xml version='1.0'?>\n<!-- a comment that nobody needs -->\n"
                           "<svg xmlns='http://www.w3.org/2000/svg' width='120' height='90'>\n"
                           "  <defs><linearGradient id='longGradientName'><stop offset='0' "
                           "stop-color='#ff0000'/><stop offset='1' stop-color='#0000ff'/>"
                           "</linearGradient></defs>\n  <g id='unused'><rect x='10.000000' y='10.000000' "
                           "width='60' height='50' fill='url(#longGradientName)'/></g>\n"
                           "  <text x='10' y='80' font-size='12'>two  words</text>\n</svg>\n");
  const auto done = optimize(drawing);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_LT(fs::file_size(done->files.at(0)), fs::file_size(drawing));
  const auto before = run().folder() / "before.png", after = run().folder() / "after.png";
  output_of("rsvg-convert " + drawing.string() + " -o " + before.string());
  output_of("rsvg-convert " + done->files.at(0).string() + " -o " + after.string());
  EXPECT_EQ(identify(after, "%wx%h"), "120x90\n");
  EXPECT_EQ(difference(before, after), 0);
}

TEST_F(Scour, ReadsNoOtherFile) {
  const auto drawing = run().folder().write("entity.svg",
                                            "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
                                            "<svg xmlns='http://www.w3.org/2000/svg'><text>&x;</text></svg>");
  const auto done = optimize(drawing);
  EXPECT_TRUE(!done || test::read_file(done->files.at(0)).find("root:") == std::string::npos);
}

}  // namespace
}  // namespace recast::engines
