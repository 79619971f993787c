#include "http/multipart.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/part_head.hpp"

namespace recast::http {

namespace {
constexpr std::size_t kSlice = 16 * 1024;  // bytes looked at in one go: what bounds the buffer
constexpr std::size_t kLongestHead = 16 * 1024;
constexpr std::size_t kLongestPadding = 256;  // blanks after a boundary
constexpr std::size_t kMostParts = 1000;

std::unexpected<Error> malformed(std::string message) { return fail(ErrorCode::malformed_body, std::move(message)); }
}  // namespace

struct MultipartParser::State {
  enum class Phase { preamble, boundary, head, first_data, data, epilogue };

  std::string delimiter;  ///< CR LF "--" boundary
  Events events;
  std::string buffer = "\r\n";  // so that a boundary at the very start looks like every other
  Phase phase = Phase::preamble;
  bool in_part = false;
  std::size_t parts = 0;

  Result<> process();
  Result<bool> step();
  Result<bool> read_data();
  Result<bool> read_boundary();
  Result<bool> read_head();
  Result<bool> read_first_data();
  Result<> emit(std::size_t count);
  Result<> end_part();
};

Result<> MultipartParser::State::emit(std::size_t count) {
  if (count == 0) return {};
  if (in_part) RECAST_CHECK(events.on_data(std::span(buffer.data(), count)));
  buffer.erase(0, count);
  return {};
}

Result<> MultipartParser::State::end_part() {
  if (!std::exchange(in_part, false)) return {};
  return events.on_part_end();
}

/// Preamble and data alike: everything up to the next delimiter, or up to what could be the begin of one.
Result<bool> MultipartParser::State::read_data() {
  const auto found = buffer.find(delimiter);
  if (found != std::string::npos) {
    RECAST_CHECK(emit(found));
    phase = Phase::boundary;
    return true;
  }
  std::size_t keep = std::min(buffer.size(), delimiter.size() - 1);
  while (keep > 0 && !std::string_view(delimiter).starts_with(std::string_view(buffer).substr(buffer.size() - keep))) {
    --keep;
  }
  RECAST_CHECK(emit(buffer.size() - keep));
  return false;
}

/// The buffer begins with the delimiter. What follows tells a boundary line from data that only looks like one.
Result<bool> MultipartParser::State::read_boundary() {
  const auto rest = std::string_view(buffer).substr(delimiter.size());
  if (rest.starts_with("--")) {
    RECAST_CHECK(end_part());
    buffer.clear();
    phase = Phase::epilogue;
    return false;
  }
  const auto end = rest.find_first_not_of(" \t");
  const bool undecided = rest == "-" || (end == std::string_view::npos && rest.size() <= kLongestPadding) ||
                         (end != std::string_view::npos && rest.substr(end) == "\r");
  if (undecided) return false;
  const auto line_end = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  if (!line_end.starts_with("\r\n") && !line_end.starts_with('\n')) {
    RECAST_CHECK(emit(2));  // its CR LF; the remainder no longer begins with the delimiter
    phase = in_part ? Phase::data : Phase::preamble;
    return true;
  }
  RECAST_CHECK(end_part());
  if (++parts > kMostParts) return malformed("The form has too many parts.");
  buffer.erase(0, delimiter.size() + end + (line_end.starts_with('\n') ? 1 : 2));
  phase = Phase::head;
  return true;
}

Result<bool> MultipartParser::State::read_head() {
  // An empty line ends the head; lines may end with a bare LF.
  std::size_t line = 0;
  while (true) {
    const auto end = buffer.find('\n', line);
    if (end == std::string::npos) {
      if (buffer.size() > kLongestHead) return malformed("The head of a part is too long.");
      return false;
    }
    const bool blank = end == line || (end == line + 1 && buffer[line] == '\r');
    if (end >= kLongestHead) return malformed("The head of a part is too long.");
    if (blank) {
      const auto part = read_part_head(std::string_view(buffer).substr(0, line));
      buffer.erase(0, end + 1);
      phase = Phase::first_data;
      in_part = true;
      RECAST_CHECK(events.on_part(part));
      return true;
    }
    line = end + 1;
  }
}

/// A part without content may share its empty line's CR LF with the boundary that follows.
Result<bool> MultipartParser::State::read_first_data() {
  const auto boundary = std::string_view(delimiter).substr(2);
  if (buffer.size() < boundary.size() && boundary.starts_with(buffer)) return false;
  if (std::string_view(buffer).starts_with(boundary)) buffer.insert(0, "\r\n");
  phase = Phase::data;
  return true;
}

Result<bool> MultipartParser::State::step() {
  switch (phase) {
    case Phase::preamble:
    case Phase::data:
      return read_data();
    case Phase::boundary:
      return read_boundary();
    case Phase::head:
      return read_head();
    case Phase::first_data:
      return read_first_data();
    case Phase::epilogue:
      buffer.clear();
      return false;
  }
  return false;
}

Result<> MultipartParser::State::process() {
  while (true) {
    RECAST_TRY(const bool more, step());
    if (!more) return {};
  }
}

MultipartParser::MultipartParser(std::unique_ptr<State> state) : state_(std::move(state)) {}
MultipartParser::MultipartParser(MultipartParser&&) noexcept = default;
MultipartParser& MultipartParser::operator=(MultipartParser&&) noexcept = default;
MultipartParser::~MultipartParser() = default;

Result<MultipartParser> MultipartParser::open(std::string_view content_type, Events events) {
  const auto boundary = multipart_boundary(content_type);
  if (boundary.empty()) return malformed("The request is not multipart/form-data with a boundary.");
  auto state = std::make_unique<State>();
  state->delimiter = "\r\n--" + boundary;
  state->events = std::move(events);
  return MultipartParser(std::move(state));
}

Result<> MultipartParser::write(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const auto slice = bytes.first(std::min(bytes.size(), kSlice));
    bytes = bytes.subspan(slice.size());
    state_->buffer.append(slice.data(), slice.size());
    RECAST_CHECK(state_->process());
  }
  return {};
}

Result<> MultipartParser::finish() {
  if (state_->phase != State::Phase::epilogue) return malformed("The form ends before its last boundary.");
  return {};
}

}  // namespace recast::http
