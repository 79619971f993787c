#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "engines/chrome/options.hpp"
#include "engines/chrome/worker/browser.hpp"

namespace recast::chrome {

using engines::chrome::Options;
using engines::chrome::Website;

/// How long an answer of the browser's may take that is nothing but an answer.
constexpr std::chrono::seconds kAnswer{10};

/// One document in the browser's one page. Whatever the document asks for besides itself is refused.
class Document {
 public:
  explicit Document(Browser& browser) : browser_(browser) {}

  /// Makes the page ready for a document; may be done long before there is one.
  Result<> prepare(Deadline deadline);
  /// Loads the document and waits as the options say.
  Result<> load(std::string_view html, const Options& options, bool for_print, Deadline deadline);
  /// The same for a page of the web, through the proxy. The headers go to its own origin only.
  Result<> visit(const Website& website, const Options& options, bool for_print, Deadline deadline);
  /// What a document of load() tried to reach in vain, each once, at most 100.
  const std::vector<std::string>& refused() const { return refused_; }
  /// Gives the PDF to `sink` piece by piece.
  Result<> print(const Options& options, const std::function<Result<>(std::string_view)>& sink, Deadline deadline);
  /// The image's bytes. pixel_limit if it would be too large.
  Result<std::string> photograph(const Options& options, bool png, Deadline deadline);

 private:
  Result<json::object> call(std::string_view method, const json::object& params, Deadline deadline);
  void handle(const Event& event);
  void answer_request(const Event& event);
  void note_lifecycle(const Event& event);
  Result<> set_screen(const Options& options, bool for_print, Deadline deadline);
  Result<> go(const std::string& address, const Options& options, Deadline deadline);
  Result<> set_headers(const Website& website, Deadline deadline);
  void refuse(const std::string& id, const std::string& url, bool whole_page, const Event& event);
  void pass_on(const std::string& id, const json::object& request, const Event& event);
  Result<> settle(const Options& options, Deadline deadline);
  void wait_for_pictures(Deadline deadline);
  void choose_paper(const Options& options, Deadline deadline);
  Result<> wait_for_element(const std::string& selector, Deadline deadline);
  Result<> pause(std::chrono::milliseconds time, Deadline deadline);
  Result<std::string> stretch(const std::string& base64, const Options& options, bool png, Deadline deadline);
  Result<json::value> evaluate(std::string_view expression, bool await, Deadline deadline);

  Browser& browser_;
  std::string main_frame_;
  std::string body_;  ///< base64 of the document
  std::string content_type_;
  std::optional<Website> website_;  ///< of visit()
  std::vector<std::string> refused_;
  /// How far a load has come. The page has had others, about:blank the first, whose events may still be on the way.
  struct Progress {
    bool loaded = false, parsed = false, idle = false, almost_idle = false;
  };
  std::map<std::string, Progress> loads_;
  std::string latest_;  ///< the load that began last
  std::string loader_;  ///< the document's own load; the latest one if it loaded itself anew
  bool crashed_ = false;
};

}  // namespace recast::chrome
