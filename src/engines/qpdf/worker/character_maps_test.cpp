#include "engines/qpdf/worker/character_maps.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engines/qpdf/worker/test_job.hpp"

namespace recast::engines::qpdf::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::string map_of(const std::string& lists) {
  return "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
         "1 begincodespacerange <0000> <FFFF> endcodespacerange " +
         lists + " endcmap CMapName currentdict /CMap defineresource pop end end";
}

CharacterMap read(const std::string& lists) {
  QPDF document;
  document.emptyPDF();
  return read_character_map(document.newStream(map_of(lists)));
}

std::string utf16(std::initializer_list<unsigned> units) {
  std::string bytes;
  for (const auto unit : units) (bytes += static_cast<char>(unit >> 8)) += static_cast<char>(unit & 0xFF);
  return bytes;
}

TEST(CharacterMaps, AreRead) {
  EXPECT_THAT(read("2 beginbfchar <0003> <0020> <0004> <00660069> endbfchar 2 beginbfrange <0010> <0012> <FE8D> "
                   "<0020> <0021> [<0041> <00420043>] endbfrange"),
              ElementsAre(Pair(3U, utf16({0x20})), Pair(4U, utf16({0x66, 0x69})), Pair(0x10U, utf16({0xFE8D})),
                          Pair(0x11U, utf16({0xFE8E})), Pair(0x12U, utf16({0xFE8F})), Pair(0x20U, utf16({0x41})),
                          Pair(0x21U, utf16({0x42, 0x43}))));
  EXPECT_THAT(read("1 beginbfrange <0000> <0001> <00FF> endbfrange"),
              ElementsAre(Pair(0U, utf16({0xFF})), Pair(1U, utf16({0x100}))));
}

TEST(CharacterMaps, AreBoundedAndMindNoDamage) {
  EXPECT_THAT(read("1 beginbfrange <0005> <0001> <0041> endbfrange 1 beginbfchar <0001> endbfchar"), IsEmpty());
  EXPECT_THAT(read("1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange"), IsEmpty());
  EXPECT_LE(read("2 beginbfrange <00000000> <0000FFFF> <0041> <00010000> <0001FFFF> <0041> endbfrange").size(),
            65'536U);
  std::string again;
  for (int range = 0; range < 20'000; ++range) again += "<0000> <FFFE> <0041> ";
  EXPECT_LE(read("20000 beginbfrange " + again + "endbfrange 1 beginbfchar <FFFF> <0041> endbfchar").size(), 65'535U)
      << "what comes after that is not read";
  EXPECT_THAT(read("1 beginbfchar (a) 7 endbfchar << ] > beginbfchar"), IsEmpty());
}

struct Font {
  std::string name;
  std::string lists;
};

/// A document that has composite fonts and nothing else.
std::string with_fonts(const std::vector<Font>& fonts) {
  std::vector<std::string> objects;
  for (const auto& [name, lists] : fonts) {
    const auto number = 5 + objects.size();
    objects.push_back(
        fmt::format("<</Type/Font/Subtype/Type0/BaseFont/{}/Encoding/Identity-H/ToUnicode {} 0 R>>", name, number + 1));
    const auto map = map_of(lists);
    objects.push_back(fmt::format("<</Length {}>>stream\n{}\nendstream", map.size(), map));
  }
  std::string used;
  for (std::size_t at = 0; at < objects.size(); at += 2) used += fmt::format("/F{} {} 0 R", at, 5 + at);
  return document("/Fonts<<" + used + ">>", {}, {}, objects);
}

/// What the codes of the first font mean in the result of a step behind Ghostscript.
CharacterMap restored(const std::vector<Font>& written, const std::vector<Font>& original,
                      const std::string& job = "after pdf/a") {
  const Reopened result(run(job, {with_fonts(written), with_fonts(original)}));
  return read_character_map(member(result.root().getKey("/Fonts").getKey("/F0"), "/ToUnicode"));
}

const Font kGarbled{"XXXXXX+Naskh", "2 beginbfchar <0003> <0000> <0004> <12e2e29d> endbfchar"};
const Font kSound{"ABCDEF+Naskh", "3 beginbfchar <0003> <0020> <0004> <062D0628> <0009> <0041> endbfchar"};

TEST(CharacterMaps, ComeBackFromTheOriginal) {
  const auto sound = read(kSound.lists);
  EXPECT_EQ(restored({kGarbled}, {kSound}), sound);
  EXPECT_EQ(restored({kGarbled}, {kSound}, "after pdf/x"), sound);
  EXPECT_EQ(restored({kGarbled}, {{"Other", kSound.lists}, kSound}), sound);
}

TEST(CharacterMaps, StayWhereTheOriginalIsNotKnownForCertain) {
  const auto garbled = read(kGarbled.lists);
  EXPECT_EQ(restored({kGarbled}, {{"Other", kSound.lists}}), garbled);
  EXPECT_EQ(restored({kGarbled}, {{"Naskh", "1 beginbfchar <0003> <0020> endbfchar"}}), garbled) << "another code";
  EXPECT_EQ(restored({kGarbled}, {kSound, kSound}), garbled) << "which of both?";
}

TEST(CharacterMaps, TellPartsOfOneFontApart) {
  const Font first{"AAAAAA+Naskh", "3 beginbfchar <0001> <0041> <0002> <0042> <0003> <062D0628> endbfchar"};
  const Font second{"BBBBBB+Naskh", "3 beginbfchar <0001> <0061> <0002> <0062> <0003> <00660069> endbfchar"};
  const Font written{"CCCCCC+Naskh", "3 beginbfchar <0001> <0061> <0002> <0062> <0003> <0000> endbfchar"};
  EXPECT_EQ(restored({written}, {first, second}), read(second.lists));
}

}  // namespace
}  // namespace recast::engines::qpdf::test
