#include "../../../tests/support/optimizing.hpp"

namespace recast::engines {

Result<> register_pngquant(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
using test::output_of;
using testing::HasSubstr;

class PngQuant : public test::Optimizing<&register_pngquant> {
 protected:
  PngQuant() : Optimizing("png", {"pngquant", "optipng", "exiftool", "convert"}) {}
};

TEST_F(PngQuant, DoesItsProbe) { expect_probe_done(); }

TEST_F(PngQuant, SaysThatAFileIsDamaged) { expect_damage_told(); }

TEST_F(PngQuant, NamesTheFieldItRejects) { expect_quality_checked(); }

TEST_F(PngQuant, TriesFewerColoursAndAllOfThem) {
  const auto photo = made("photo.png", "-size 200x150 plasma:red-blue -seed 1");
  const auto done = optimize(photo);
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 2U);
  EXPECT_EQ(difference(photo, done->files.at(0)), 0);
  EXPECT_LT(difference(photo, done->files.at(1)), 0.05);
  EXPECT_EQ(identify(done->files.at(1), "%wx%h %m"), "200x150 PNG\n");
  EXPECT_LT(fs::file_size(done->files.at(1)), fs::file_size(photo) / 2);
}

TEST_F(PngQuant, LosesNothingAtFullQuality) {
  const auto photo = made("full.png", "-size 100x80 plasma:red-blue -define png:compression-level=1");
  const auto done = optimize(photo, {{"quality", 100}});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 1U);
  EXPECT_EQ(difference(photo, done->files.at(0)), 0);
  EXPECT_LT(fs::file_size(done->files.at(0)), fs::file_size(photo));
}

TEST_F(PngQuant, KeepsTransparencyAndTheColourProfile) {
  const auto icon = made("icon.png",
                         "-size 120x90 plasma:red-blue -alpha set -channel A -evaluate set 50% +channel "
                         "-profile /usr/share/color/icc/ghostscript/a98.icc");
  const auto done = optimize(icon);
  ASSERT_TRUE(done) << done.error().message;
  for (const auto& file : done->files) {
    EXPECT_THAT(identify(file, "%[profiles]"), HasSubstr("icc"));
    EXPECT_THAT(identify(file, "%[fx:abs(p{5,5}.a-0.5)<0.02]"), HasSubstr("1"));
  }
}

TEST_F(PngQuant, KeepsTheSizeOnPaper) {
  const auto scan = made("scan.png", "-size 120x90 plasma:red-blue -density 118 -units PixelsPerCentimeter");
  const auto done = optimize(scan);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->files.size(), 2U);
  for (const auto& file : done->files) EXPECT_THAT(identify(file, "%x %U"), HasSubstr("118 PixelsPerCentimeter"));
}

}  // namespace
}  // namespace recast::engines
