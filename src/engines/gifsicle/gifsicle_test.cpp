#include "../../../tests/support/optimizing.hpp"

namespace recast::engines {

Result<> register_gifsicle(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
using test::output_of;
using testing::HasSubstr;

class Gifsicle : public test::Optimizing<&register_gifsicle> {
 protected:
  Gifsicle() : Optimizing("gif", {"gifsicle", "convert"}) {}
};

TEST_F(Gifsicle, DoesItsProbe) { expect_probe_done(); }

TEST_F(Gifsicle, SaysThatAFileIsDamaged) { expect_damage_told(); }

TEST_F(Gifsicle, NamesTheFieldItRejects) { expect_quality_checked(); }

TEST_F(Gifsicle, KeepsFilmsAsTheyAre) {
  const auto film =
      made("film.gif", "-delay 20 -loop 3 -size 80x60 xc:red xc:blue xc:green -bordercolor white -border 10");
  const auto done = optimize(film);
  ASSERT_TRUE(done) << done.error().message;
  const auto& small = done->files.at(0);
  EXPECT_LT(fs::file_size(small), fs::file_size(film));
  EXPECT_EQ(identify(small, "%T"), "20\n20\n20\n");
  const auto loops = [](const fs::path& file) {
    return output_of("gifsicle --info " + file.string() + " | grep loop");
  };
  EXPECT_THAT(loops(film), HasSubstr("loop count"));
  EXPECT_EQ(loops(small), loops(film));
  const auto old_frames = made("old.png", film.string() + " -coalesce +append");
  const auto new_frames = made("new.png", small.string() + " -coalesce +append");
  EXPECT_EQ(difference(old_frames, new_frames), 0);
}

TEST_F(Gifsicle, IsSmallerWithLoss) {
  const auto photo = made("photo.gif", "-seed 7 -size 200x150 plasma:red-blue");
  const auto all = optimize(photo), some = optimize(photo, {{"quality", 40}});
  ASSERT_TRUE(all && some);
  EXPECT_LT(fs::file_size(some->files.at(0)), fs::file_size(all->files.at(0)));
  EXPECT_LT(difference(photo, some->files.at(0)), 0.1);
}

}  // namespace
}  // namespace recast::engines
