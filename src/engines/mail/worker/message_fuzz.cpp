#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "engines/mail/worker/message.hpp"
#include "engines/mail/worker/page.hpp"

// Any bytes as a message; the page made of it holds no script.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto message = recast::mail::read_message({reinterpret_cast<const char*>(data), size});
  if (!message) return 0;
  const auto page = recast::mail::as_html(*message, recast::mail::Attachments::included);
  if (recast::lower(page).find("<script") != std::string::npos) std::abort();
  (void)recast::mail::as_text(*message);
  return 0;
}
