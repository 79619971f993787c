#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "process/wire.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recast::process;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto answer = read_answer(text); !answer && !recast::is_valid_utf8(answer.error().message)) std::abort();
  if (const auto end = parse_end(text); end && !recast::is_valid_utf8(end->report.errors)) std::abort();
  if (const auto job = parse_job({.text = text}); job && job->inputs + job->outputs != 0) std::abort();
  return 0;
}
