#include "engines/calibre/help.hpp"

#include <utility>
#include <vector>

namespace recast::engines::calibre {

namespace {

/// A help file's table of contents names a title, then its page: <param name="Name" value="…"> <param name="Local" …>.
constexpr auto* kLinks =
    "/name=\"?Name\"?/I{s/.*value=\"([^\"]*)\".*/\\1/I;h}\n"
    "/name=\"?Local\"?/I{s/.*value=\"([^\"]*)\".*/\\1/I;s/\\\\/\\//g;G;"
    "s/^([^\\n]*)\\n(.*)$/<p><a href=\"help\\/\\1\">\\2<\\/a><\\/p>/p}";

engine::ProgramStep step(std::string program, std::vector<std::string> arguments, std::string output = {}) {
  engine::ProgramStep result;
  result.program = std::move(program);
  result.arguments = std::move(arguments);
  result.output_file = std::move(output);
  result.limits.memory = 512ULL << 20;
  return result;
}

}  // namespace

std::string open_help_file(engine::Plan& plan, const std::string& input) {
  plan.steps.push_back({.action = step(kHelpExtractor, {input, "tmp/help"})});
  // sed for the contents, if there is such a file; then a link without words to every page that it may lack.
  plan.steps.push_back({.action = step("find",
                                       {"tmp/help", "-type", "f", "-iname", "*.hhc", "-exec", "sed", "--sandbox", "-n",
                                        "-E", "-e", kLinks, "{}", "+"},
                                       "tmp/contents.html")});
  plan.steps.push_back(
      {.action = step("find", {"tmp/help", "-type", "f", "-iname", "*.htm*", "-printf", "<a href=\"help/%P\"></a>\\n"},
                      "tmp/pages.html")});
  plan.steps.push_back({.action = step("cat", {"tmp/contents.html", "tmp/pages.html"}, "tmp/index.html")});
  return "tmp/index.html";
}

}  // namespace recast::engines::calibre
