#include "../../../tests/support/optimizing.hpp"

namespace recast::engines {

Result<> register_jpegoptim(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
using test::output_of;
using testing::HasSubstr;

class JpegOptim : public test::Optimizing<&register_jpegoptim> {
 protected:
  JpegOptim() : Optimizing("jpg", {"jpegoptim", "convert", "exiftool"}) {}
};

TEST_F(JpegOptim, DoesItsProbe) { expect_probe_done(); }

TEST_F(JpegOptim, SaysThatAFileIsDamaged) { expect_damage_told(); }

TEST_F(JpegOptim, NamesTheFieldItRejects) { expect_quality_checked(); }

TEST_F(JpegOptim, ReducesTheQuality) {
  const auto photo = made("photo.jpg", "-size 300x200 plasma:red-blue -quality 98");
  const auto done = optimize(photo, {{"quality", 60}});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 1U);
  EXPECT_EQ(identify(done->files.at(0), "%wx%h %m %Q"), "300x200 JPEG 60\n");
  EXPECT_LT(difference(photo, done->files.at(0)), 0.05);
  EXPECT_LT(fs::file_size(done->files.at(0)), fs::file_size(photo) / 2);
}

TEST_F(JpegOptim, LosesNothingAtFullQuality) {
  const auto photo = made("full.jpg", "-size 300x200 plasma:red-blue -quality 90");
  const auto done = optimize(photo, {{"quality", 100}});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(difference(photo, done->files.at(0)), 0);
  EXPECT_LT(fs::file_size(done->files.at(0)), fs::file_size(photo));
}

TEST_F(JpegOptim, GivesNothingLargerTheSecondTime) {
  const auto once = optimize(made("small.jpg", "-size 90x90 plasma:red-blue -quality 95"));
  ASSERT_TRUE(once) << once.error().message;
  const auto twice = optimize(once->files.at(0));
  ASSERT_TRUE(twice) << twice.error().message;
  EXPECT_TRUE(twice->files.empty() || fs::file_size(twice->files.at(0)) <= fs::file_size(once->files.at(0)));
}

TEST_F(JpegOptim, KeepsHowAPictureLies) {
  const auto photo = made("lying.jpg", "-size 90x60 plasma:red-blue -quality 98");
  output_of("exiftool -q -overwrite_original -n -Orientation=6 " + photo.string());
  const auto done = optimize(photo);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(output_of("exiftool -n -s3 -Orientation " + done->files.at(0).string()), "6\n");
}

}  // namespace
}  // namespace recast::engines
