#include "../../../tests/support/optimizing.hpp"

namespace recast::engines {

Result<> register_cwebp(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
using test::output_of;
using testing::HasSubstr;

class CWebp : public test::Optimizing<&register_cwebp> {
 protected:
  CWebp() : Optimizing("webp", {"cwebp", "convert"}) {}
};

TEST_F(CWebp, DoesItsProbe) { expect_probe_done(); }

TEST_F(CWebp, SaysThatAFileIsDamaged) { expect_damage_told(); }

TEST_F(CWebp, NamesTheFieldItRejects) { expect_quality_checked(); }

TEST_F(CWebp, ReducesTheQuality) {
  const auto photo = made("photo.webp", "-size 200x150 plasma:red-blue -define webp:lossless=true");
  const auto done = optimize(photo, {{"quality", 60}});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 1U);
  EXPECT_EQ(identify(done->files.at(0), "%wx%h %m"), "200x150 WEBP\n");
  EXPECT_LT(difference(photo, done->files.at(0)), 0.05);
  EXPECT_LT(fs::file_size(done->files.at(0)), fs::file_size(photo));
}

TEST_F(CWebp, GivesNothingForFilms) {
  const auto film = made("film.webp", "-delay 20 -size 40x30 xc:red xc:blue");
  ASSERT_EQ(identify(film, "%m").substr(0, 4), "WEBP");
  const auto done = optimize(film);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(done->files.empty());
}

}  // namespace
}  // namespace recast::engines
