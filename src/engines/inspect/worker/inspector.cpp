#include "engines/inspect/worker/inspector.hpp"

#include <fmt/format.h>
#include <magic.h>

#include <utility>

#include "base/text.hpp"

namespace recast::engines::inspect {

namespace {
// Small archives and packed files are told by their outside: libmagic must not unpack anything.
constexpr int kAlways = MAGIC_NO_CHECK_COMPRESS | MAGIC_ERROR;
}  // namespace

void Inspector::Close::operator()(magic_set* set) const { magic_close(set); }

Inspector::Inspector(Handle handle) : handle_(std::move(handle)) {}
Inspector::~Inspector() = default;
Inspector::Inspector(Inspector&&) noexcept = default;
Inspector& Inspector::operator=(Inspector&&) noexcept = default;

Result<Inspector> Inspector::open() {
  Handle handle(magic_open(kAlways));
  if (!handle) return fail(ErrorCode::internal, "libmagic cannot be started.");
  if (magic_load(handle.get(), nullptr) != 0) {
    const auto* const problem = magic_error(handle.get());
    return fail(ErrorCode::unavailable,
                fmt::format("libmagic has no database: {}", problem != nullptr ? problem : "unknown"));
  }
  return Inspector(std::move(handle));
}

std::string Inspector::version() {
  const int number = magic_version();
  return fmt::format("{}.{:02}", number / 100, number % 100);
}

Result<std::string> Inspector::ask(int flags, std::span<const char> bytes) const {
  if (magic_setflags(handle_.get(), flags | kAlways) != 0)
    return fail(ErrorCode::internal, "libmagic refused its flags.");
  const auto* const answer = magic_buffer(handle_.get(), bytes.data(), bytes.size());
  if (answer == nullptr) {
    const auto* const problem = magic_error(handle_.get());
    return fail(ErrorCode::open_failed,
                fmt::format("The file cannot be examined: {}", problem != nullptr ? problem : "unknown"));
  }
  std::string text(answer);
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  if (is_valid_utf8(text)) return text;
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return text;
}

Result<boost::json::object> Inspector::look(std::span<const char> bytes) const {
  RECAST_TRY(const auto mime, ask(MAGIC_MIME_TYPE, bytes));
  RECAST_TRY(const auto encoding, ask(MAGIC_MIME_ENCODING, bytes));
  RECAST_TRY(const auto description, ask(MAGIC_NONE, bytes));
  return boost::json::object{{"mime", mime}, {"encoding", encoding}, {"description", description}};
}

}  // namespace recast::engines::inspect
