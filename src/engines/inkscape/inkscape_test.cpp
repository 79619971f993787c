#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "../../../tests/support/engine_fixture.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/picture.hpp"
#include "format/format.hpp"

namespace recast::engines {
Result<> register_inkscape(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto* kDrawing =
    "<svg xmlns='http://www.w3.org/2000/svg' width='96' height='48'><rect width='96' height='48' fill='#f00'/>"
    "<text x='5' y='20' font-family='DejaVu Sans' font-size='12'>Recast</text></svg>";

Result<engine::Plan> plan(const std::string& from, const std::string& to, json::object options = {}) {
  return test::plan_of(&register_inkscape, from, to, std::move(options));
}

TEST(InkscapePlan, DoesNotReadAMetafileForEver) {
  const auto plan = test::engine_of(&register_inkscape).plan({.inputs = {"in/in-1.wmf"}, .from = "wmf", .to = "png"});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_LE(std::get<engine::ProgramStep>(plan->steps.front().action).limits.cpu, std::chrono::seconds(30));
  EXPECT_EQ(test::engine_of(&register_inkscape).ability("convert", "wmf", "svg"),
            nullptr);  // by way of LibreOffice's PDF
}

TEST(InkscapePlan, SaysWhatToExport) {
  EXPECT_THAT(test::line(*plan("svg", "pdf", {{"text_to_path", true}}), 0),
              ElementsAre("inkscape", "--export-type=pdf", "--export-area-page", "--export-text-to-path",
                          "--export-filename=out/out.pdf", "in/in-1.svg"));
  EXPECT_THAT(test::line(*plan("svg", "png", {{"pixel_density", 300}}), 0),
              ElementsAre("inkscape", "--export-type=png", "--export-area-page", "--export-dpi=300",
                          "--export-filename=out/out.png", "in/in-1.svg"));
  EXPECT_THAT(test::line(*plan("pdf", "svg", {{"pages", "2"}}), 0),
              ElementsAre("pdfseparate", "-f", "2", "-l", "2", "in/in-1.pdf", "tmp/page-%d.pdf"));
}

TEST(InkscapePlan, NamesTheFieldItRejects) {
  EXPECT_EQ(plan("svg", "png", {{"background", "red;x"}}).error().field, "background");
  EXPECT_EQ(plan("pdf", "svg", {{"pages", "x"}}).error().field, "pages");
}

class InkscapeRun : public test::EngineFixture<&register_inkscape> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"inkscape"}); !program.empty()) GTEST_SKIP() << program << " is not installed";
  }
};

TEST_F(InkscapeRun, WritesEveryFormat) {
  for (const auto* const to : {"emf", "wmf", "eps", "ps", "pdf", "svg"}) {
    const auto files = convert(kDrawing, "svg", to);
    ASSERT_EQ(files.size(), 1U) << to;
    const auto bytes = test::read_file(files.front());
    EXPECT_EQ(format::check(to, bytes, bytes.size()), format::Verdict::agrees) << to;
  }
}

/// Entities of a DXF file and the box around them, as ezdxf counts and measures; "" without ezdxf.
std::string entities(const fs::path& file) {
  return test::output_of("/usr/bin/python3 -c \"import ezdxf; from ezdxf import bbox; space = ezdxf.readfile('" +
                         file.string() +
                         "').modelspace(); box = bbox.extents(space); print(len(space), *(round(v) for v in "
                         "[*box.extmin, *box.extmax]))\"");
}

TEST_F(InkscapeRun, WritesShapesAndTextAsLinesOfDxf) {
  if (test::output_of("/usr/bin/python3 -c 'import ezdxf' && echo yes") != "yes\n") GTEST_SKIP() << "there is no ezdxf";
  const std::string begin = "<svg xmlns='http://www.w3.org/2000/svg' width='96' height='48'>";
  const auto count = [&](const std::string& shapes) -> std::pair<int, std::string> {
    const auto files = convert(begin + shapes + "</svg>", "svg", "dxf");
    if (files.empty()) return {0, {}};
    const auto text = entities(files.front());
    return {std::atoi(text.c_str()), text};
  };
  // 96 pixels are an inch, and the writer's unit is a millimetre.
  const auto [sides, box] = count("<g transform='translate(10,5)'><rect width='86' height='43'/></g>");
  EXPECT_EQ(sides, 4) << box;
  EXPECT_THAT(box, HasSubstr("4 3 0 0 25 11")) << "left, lower and right, upper";
  EXPECT_GE(count("<circle cx='40' cy='20' r='15'/>").first, 1);
  EXPECT_GE(count("<text x='5' y='20' font-family='DejaVu Sans' font-size='12'>Recast</text>").first, 30);
  EXPECT_GE(count("<g xmlns:xlink='http://www.w3.org/1999/xlink'><defs><rect id='r' width='20' height='10'/></defs>"
                  "<use xlink:href='#r'/><use xlink:href='#r' x='30'/></g>")
                .first,
            8);
}

TEST_F(InkscapeRun, SaysThatNothingIsInADxf) {
  const auto files =
      run().convert_bytes("<svg xmlns='http://www.w3.org/2000/svg' width='96' height='48'/>", "svg", "dxf");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::conversion_failed);
  EXPECT_THAT(files.error().message, HasSubstr("no lines, shapes or text"));
  EXPECT_EQ(run().convert_bytes("this is no drawing", "svg", "dxf").error().code, ErrorCode::open_failed);
}

TEST_F(InkscapeRun, DrawsImagesOfTheSizeAskedFor) {
  const auto size = [](const json::object& options) {
    const auto files = convert(kDrawing, "svg", "png", options);
    return files.empty() ? std::pair{0, 0} : test::size_of(files.front());
  };
  EXPECT_EQ(size({}), (std::pair{96, 48}));
  EXPECT_EQ(size({{"pixel_density", 192}}), (std::pair{192, 96}));
  EXPECT_EQ(size({{"width", 60}, {"height", 20}}), (std::pair{40, 20}));
  EXPECT_EQ(size({{"width", 60}, {"height", 60}, {"fit", "crop"}}), (std::pair{60, 60}));
  EXPECT_EQ(size({{"width", 60}, {"height", 60}, {"fit", "scale"}}), (std::pair{60, 60}));
}

TEST_F(InkscapeRun, KeepsTextOrMakesOutlines) {
  const auto text = [](const json::object& options) {
    const auto files = convert(kDrawing, "svg", "pdf", options);
    return files.empty() ? std::string() : test::output_of("pdftotext " + files.front().string() + " -");
  };
  EXPECT_THAT(text({}), HasSubstr("Recast"));
  EXPECT_THAT(text({{"text_to_path", true}}), Not(HasSubstr("Recast")));
}

TEST_F(InkscapeRun, ReadsAMetafile) {
  const auto metafile = convert(kDrawing, "svg", "emf");
  ASSERT_EQ(metafile.size(), 1U);
  const auto pdf = convert(test::read_file(metafile.front()), "emf", "pdf");
  ASSERT_EQ(pdf.size(), 1U);
  EXPECT_NEAR(test::page_sizes(test::read_file(pdf.front())).at(0).width, 72, 2);
}

TEST_F(InkscapeRun, MakesADrawingOfEachPage) {
  const auto files = convert(test::pdf_of(3), "pdf", "svg", {{"pages", "2-3,9"}});
  ASSERT_EQ(files.size(), 2U);
  EXPECT_THAT(test::read_file(files.front()), HasSubstr("<svg"));
  EXPECT_EQ(error_of(test::pdf_of(1), "pdf", "svg", {{"pages", "5"}}).message, "no such page");
}

TEST_F(InkscapeRun, TakesNoFileAndCallsNobody) {
  test::Canary canary;
  const auto secret = run().folder().write("secret.svg", kDrawing);
  for (const auto& target : {"http://" + canary.address() + "/x.png", secret.string(), "file://" + secret.string()}) {
    const auto content =
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='96' height='48'>"
        "<image xlink:href='" +
        target + "' width='96' height='48'/></svg>";
    const auto files = run().convert_bytes(content, "svg", "pdf");
    if (files) {
      EXPECT_THAT(test::output_of("pdftotext " + files->front().string() + " -"), Not(HasSubstr("Recast"))) << target;
    }
  }
  EXPECT_FALSE(canary.called());
}

TEST_F(InkscapeRun, CannotOpenWhatIsDamaged) {
  for (const auto* const from : {"svg", "cdr", "emf", "ai"}) {
    const auto files = run().convert_bytes("hello", from, "png");
    ASSERT_FALSE(files) << from;
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << from << ": " << files.error().message;
  }
}

TEST_F(InkscapeRun, DrawsTheCorpus) {
  const auto* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  std::set<std::string> failed;
  for (const auto& entry : fs::directory_iterator(fs::path(corpus) / "vector")) {
    const auto from = format::of_file_name(entry.path().filename().string());
    if (run().engine().ability("convert", from, "png") == nullptr || from == "wmf") continue;
    if (!run().convert(from, "png", {entry.path()})) failed.insert(entry.path().filename().string());
  }
  EXPECT_EQ(failed, std::set<std::string>{"postscript.ai"});  // not in a PDF
}

}  // namespace
}  // namespace recast::engines
