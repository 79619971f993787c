#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan.hpp"
#include "format/page_list.hpp"

/// The program gs: how it is called, what it says, why it failed.
namespace recast::engines::ghostscript {

using Arguments = std::vector<std::string>;

/// Where Ghostscript's own colour profiles lie.
inline constexpr std::string_view kProfiles = "/usr/share/color/icc/ghostscript/";

void append(Arguments& to, Arguments more);

engine::Step program(std::string name, Arguments arguments, int weight = 1);
/// `arguments` begin with what `device` needs and end with the files to read; what keeps it safe and quiet is added.
engine::Step draw(std::string_view device, const std::string& output, Arguments arguments, int weight = 4);
/// A job of the worker of the engine qpdf. Where gs wrote the first input, the second is what it was made of.
engine::Step qpdf(std::string_view job, std::vector<std::string> inputs, const std::string& output,
                  boost::json::object options = {});

/// Begins a plan with what makes `request`'s first input one that gs reads whole: without its password, and of the
/// `pages` alone. The name of that file. gs's own page lists draw the last page for one that does not exist, and say
/// nothing of those that PostScript does not have.
std::string open(engine::Plan& plan, const engine::Request& request, const std::string& password,
                 const format::PageList& pages = {});

/// What the device pdfwrite is told so that a document comes out as it went in: no page turned, no picture with loss.
Arguments faithful();

Error explain(const engine::StepEnd& end);
/// gs ends well without having read anything.
std::optional<Error> doubt(const engine::StepEnd& end);

/// Percent by gs's "Processing pages 1 through 7." and "Page 3".
class Pages {
 public:
  std::optional<int> read(std::string_view line);

 private:
  int last_ = 0;
  int drawn_ = 0;
};

}  // namespace recast::engines::ghostscript
