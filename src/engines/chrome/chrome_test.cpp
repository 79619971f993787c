#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "../../../tests/support/engine_run.hpp"
#include "../../../tests/support/picture.hpp"
#include "engine/registry.hpp"

namespace recast::engines {
Result<> register_chrome(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using json = boost::json::object;

const engine::Engine& chrome_engine() { return test::engine_of(&register_chrome); }

Result<engine::Plan> plan(std::string to, json options = {}) {
  return chrome_engine().plan({{"in/in-1.html"}, "html", std::move(to), std::move(options), {}, {}});
}

TEST(ChromePlan, GivesTheWorkerItsOptions) {
  const auto result =
      plan("pdf", {{"zoom", "1.5"}, {"page_range", "1-2"}, {"margin_top", 0}, {"some_other_option", 1}});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 1U);
  const auto& step = std::get<engine::WorkerStep>(result->steps[0].action);
  EXPECT_EQ(step.worker, "chrome");
  EXPECT_EQ(step.request.at("to").as_string(), "pdf");
  const auto& options = step.request.at("options").as_object();
  EXPECT_EQ(options.at("zoom").as_double(), 1.5);
  EXPECT_EQ(options.at("pages").as_string(), "1-2");
  EXPECT_EQ(options.at("margin_top").to_number<double>(), 0);
  EXPECT_FALSE(options.contains("some_other_option"));
  EXPECT_THAT(step.outputs, testing::ElementsAre("out/out.pdf"));
}

TEST(ChromePlan, NamesTheFieldItRejects) {
  const auto field = [](std::string to, json options) {
    const auto result = plan(std::move(to), std::move(options));
    return result ? std::string() : result.error().field;
  };
  EXPECT_EQ(field("pdf", {{"zoom", 5}}), "zoom");
  EXPECT_EQ(field("pdf", {{"pages", "0"}}), "pages");
  EXPECT_EQ(field("pdf", {{"page_format", "b5"}}), "page_format");
  EXPECT_EQ(field("pdf", {{"wait_until", "forever"}}), "wait_until");
  EXPECT_EQ(field("pdf", {{"page_width", 2}, {"margin_left", 15}, {"margin_right", 15}}), "margin_left");
  EXPECT_EQ(field("pdf", {{"header_template", std::string(20'000, 'x')}}), "header_template");
  EXPECT_EQ(field("png", {{"quality", 0}}), "quality");
  EXPECT_EQ(plan("docx").error().code, ErrorCode::invalid_conversion_type);
}

/// One browser worker for all tests, as it lives.
class ChromeRun : public testing::Test {
 protected:
  static test::EngineRun& browser() {
    static test::EngineRun one(&register_chrome);
    return one;
  }

  Result<std::string> convert(std::string_view html, const std::string& to, const json& options = {},
                              Deadline deadline = Deadline::in(std::chrono::seconds(60)), std::stop_token stop = {}) {
    const auto file = browser().folder().write("page.html", html);
    RECAST_TRY(const auto done, browser().run({.from = "html",
                                               .to = to,
                                               .files = {file},
                                               .options = options,
                                               .deadline = deadline,
                                               .stop = std::move(stop)}));
    return test::read_file(done.files.at(0));
  }
  std::string text_of(const std::string& pdf) {
    const auto file = browser().folder().write("page.pdf", pdf), text = browser().folder() / "page.txt";
    EXPECT_EQ(std::system(("pdftotext " + file.string() + " " + text.string()).c_str()), 0);
    return test::read_file(text);
  }
};

TEST_F(ChromeRun, NamesItsVersion) { EXPECT_THAT(browser().version(), HasSubstr(".")); }

TEST_F(ChromeRun, PrintsText) {
  const auto pdf = convert("<!doctype html><title>x</title><h1>Grüße</h1>", "pdf");
  ASSERT_TRUE(pdf) << pdf.error().message;
  EXPECT_THAT(text_of(*pdf), HasSubstr("Grüße"));
}

TEST_F(ChromeRun, TakesPictures) {
  const auto png = convert("<h1>Hello</h1>", "png", {{"width", 200}});
  ASSERT_TRUE(png) << png.error().message;
  EXPECT_EQ(png->substr(1, 3), "PNG");
  const auto jpg = convert("<h1>Hello</h1>", "jpg", {{"quality", 50}, {"screen_width", 300}, {"screen_height", 200}});
  ASSERT_TRUE(jpg) << jpg.error().message;
  EXPECT_EQ(jpg->substr(0, 3), "\xFF\xD8\xFF");
}

TEST_F(ChromeRun, PrintsTheOptionsItIsGiven) {
  const auto pdf = convert("<p>one<p style='break-before:page'>two<p style='break-before:page'>three", "pdf",
                           {{"pages", "2-3"},
                            {"page_format", "a6"},
                            {"page_orientation", "landscape"},
                            {"margin_top", 15},
                            {"display_header_footer", true},
                            {"header_template", "<b style='font-size:9px'>HEAD</b>"}});
  ASSERT_TRUE(pdf) << pdf.error().message;
  const auto text = text_of(*pdf);
  EXPECT_THAT(text, testing::AllOf(Not(HasSubstr("one")), HasSubstr("two"), HasSubstr("three"), HasSubstr("HEAD")));
  EXPECT_THAT(text, Not(HasSubstr("document.invalid")));
}

TEST_F(ChromeRun, ReadsNoFileAndCallsNobody) {
  const test::Canary canary;
  const auto secret = browser().folder().write("secret.txt", "CANARYFILE");
  ::chmod(secret.c_str(), 0644);
  const auto file = "file://" + secret.string(), http = "http://" + canary.address() + "/";
  const auto html =
      "<!doctype html><p>visible<iframe src='" + file + "'></iframe><iframe src='FILE:///etc/passwd'></iframe>" +
      "<iframe src='\\\\localhost/etc/passwd'></iframe><object data='" + file + "'></object><embed src='" + file +
      "'><img src='" + http + "img'><link rel=stylesheet href='" + http + "css'><script src='" + http +
      "js'></script><link rel=preconnect href='" + http + "'><link rel=dns-prefetch href='" + http + "'>" +
      "<script>for(const u of ['" + file + "','" + http +
      "x'])fetch(u).then(r=>r.text()).then(t=>document.write(t));"
      "try{new WebSocket('ws://" +
      canary.address() + "/')}catch(e){};navigator.sendBeacon('" + http + "beacon','x');" +
      "new RTCPeerConnection({iceServers:[{urls:'stun:" + canary.address() + "'}]}).createDataChannel('x');" +
      "const x=new XMLHttpRequest();x.open('GET','" + file +
      "',false);try{x.send();document.write(x.response)}catch(e){}" + "</script><style>@import url('" + http +
      "import');p{background:url('" + file + "')}</style>";
  const auto pdf = convert(html, "pdf", {{"wait_time", 500}});
  ASSERT_TRUE(pdf) << pdf.error().message;
  const auto text = text_of(*pdf);
  EXPECT_THAT(text, HasSubstr("visible"));
  EXPECT_THAT(text, testing::AllOf(Not(HasSubstr("CANARYFILE")), Not(HasSubstr("root:"))));
  EXPECT_FALSE(canary.called());
}

TEST_F(ChromeRun, StaysWhenTheDocumentWantsToGoElsewhere) {
  for (const auto* const address : {"file:///etc/passwd", "http://example.com/", "javascript:while(1)"}) {
    const auto pdf = convert(std::string("<meta http-equiv=refresh content='0;url=") + address + "'><p>here", "pdf",
                             {{"wait_time", 300}});
    ASSERT_TRUE(pdf) << address << ": " << pdf.error().message;
    EXPECT_THAT(text_of(*pdf), testing::AllOf(HasSubstr("here"), Not(HasSubstr("root:")))) << address;
  }
  const auto anew = convert(
      "<script>if(!sessionStorage.x){sessionStorage.x=1;location.reload()}else document.write('again')</script>", "pdf",
      {{"wait_for_element", "body"}, {"wait_time", 500}});
  ASSERT_TRUE(anew) << anew.error().message;
  EXPECT_THAT(text_of(*anew), HasSubstr("again"));
}

TEST_F(ChromeRun, RemembersNothingOfTheDocumentBefore) {
  const auto first =
      convert("<script>localStorage.setItem('secret','CANARY');document.cookie='a=CANARY'</script><p>first", "pdf");
  ASSERT_TRUE(first) << first.error().message;
  const auto second =
      convert("<script>document.write('['+localStorage.getItem('secret')+document.cookie+']')</script>", "pdf");
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_THAT(text_of(*second), HasSubstr("[null]"));
}

TEST_F(ChromeRun, EndsAScriptThatNeverEndsAtTheDeadline) {
  const auto started = std::chrono::steady_clock::now();
  const auto pdf = convert("<script>while(1);</script>", "pdf", {}, Deadline::in(std::chrono::seconds(3)));
  ASSERT_FALSE(pdf);
  EXPECT_EQ(pdf.error().code, ErrorCode::timeout) << pdf.error().message;
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(6));
}

TEST_F(ChromeRun, EndsAScriptThatEatsMemory) {
  const auto pdf = convert("<script>const a=[];while(1)a.push(new Array(1e6).fill(a.length))</script>", "pdf");
  ASSERT_FALSE(pdf);
  EXPECT_THAT(pdf.error().code, testing::AnyOf(ErrorCode::memory_limit, ErrorCode::conversion_failed))
      << pdf.error().message;
}

// The browser refuses a buffer beyond the limit with an exception: the page is printed with what was there before.
TEST_F(ChromeRun, PrintsAPageWhoseScriptIsRefusedMemory) {
  const auto pdf = convert("<p>before<script>const a=[];while(1)a.push(new Uint8Array(1<<28))</script>", "pdf");
  ASSERT_TRUE(pdf) << pdf.error().message;
  EXPECT_THAT(text_of(*pdf), HasSubstr("before"));
}

TEST_F(ChromeRun, EndsSoonAfterAStopRequest) {
  std::stop_source stop;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    stop.request_stop();
  });
  const auto pdf =
      convert("<p>x", "pdf", {{"wait_time", 60'000}}, Deadline::in(std::chrono::seconds(50)), stop.get_token());
  ASSERT_FALSE(pdf);
  EXPECT_EQ(pdf.error().code, ErrorCode::cancelled) << pdf.error().message;
}

TEST_F(ChromeRun, CropsWhatIsBelow) {
  const std::string page =
      "<body style='margin:0'><div style='height:300px;background:red'></div>"
      "<div style='height:1300px;background:blue'>";
  const json options{{"screen_width", 400}, {"width", 100}, {"height", 100}, {"fit", "crop"}};
  const auto files = browser().convert_bytes(page, "html", "png", options);
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(test::size_of(files->front()), std::pair(100, 100));
  EXPECT_THAT(test::pixel_of(files->front(), 50, 5), testing::StartsWith("255 0 0"));
  EXPECT_THAT(test::pixel_of(files->front(), 50, 95), testing::StartsWith("0 0 255"));
}

TEST_F(ChromeRun, NamesThePageThatIsMissing) {
  const auto pdf = convert("<p>x", "pdf", {{"pages", "9"}});
  ASSERT_FALSE(pdf);
  EXPECT_EQ(pdf.error().code, ErrorCode::conversion_failed);
  EXPECT_EQ(pdf.error().message, "no such page");
}

TEST_F(ChromeRun, PrintsManyDocumentsAtOnce) {
  std::vector<std::jthread> clients;
  std::atomic<int> done = 0;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&, i] {
      const auto page = "<p>number " + std::to_string(i);
      for (int round = 0; round < 3; ++round) {
        const auto files = browser().convert_bytes(page, "html", "pdf");
        if (files)
          ++done;
        else
          ADD_FAILURE() << files.error().message;
      }
    });
  }
  clients.clear();
  EXPECT_EQ(done, 9);
}

}  // namespace
}  // namespace recast::engines
