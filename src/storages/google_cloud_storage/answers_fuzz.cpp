#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "storages/google_cloud_storage/answers.hpp"

using namespace recast;
using namespace recast::storages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)google::page_of(text);
  (void)google::written_of(text);
  (void)google::md5_of_hashes({200, {{"x-goog-hash", text}}, {}});
  if (const auto kept = google::kept_bytes(text); kept && *kept == 0 && !text.empty()) std::abort();
  if (const auto token = google::granted_token(text)) {
    if (token->seconds < 0 || token->text.empty() || token->text.find_first_of("\r\n") != std::string::npos)
      std::abort();
  }
  const net::Answer answer{400, {}, text};
  (void)google::is_passing(answer);
  // One line that is fit for a client.
  const auto error = google::meaning_of(google::fault_of(answer), answer.status);
  if (error.message.empty() || error.message.size() > 400 || error.message.find('\n') != std::string::npos)
    std::abort();
  return 0;
}
