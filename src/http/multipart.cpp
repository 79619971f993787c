#include "http/multipart.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/part_head.hpp"

namespace recast::http {

namespace {

constexpr std::size_t kLongestHead = 16 * 1024;
constexpr std::size_t kLongestPadding = 256;        // blanks after a boundary
constexpr std::size_t kLongestIdleText = 8 * 1024;  // before the first boundary and after the last
constexpr std::size_t kMostParts = 1000;
constexpr std::size_t kJoined = 4 * 1024;  // of new bytes, put behind what was kept of the old ones

std::unexpected<Error> malformed(std::string message) { return fail(ErrorCode::malformed_body, std::move(message)); }

/// What follows the delimiter's text: the rest of a boundary line, or data that only looks like one.
struct LineEnd {
  enum class Kind { undecided, data, next, last };
  Kind kind = Kind::undecided;
  std::size_t length = 0;
};

LineEnd read_line_end(std::string_view rest) {
  using Kind = LineEnd::Kind;
  if (rest.starts_with("--")) return {Kind::last, 2};
  const auto blanks = std::min(rest.substr(0, kLongestPadding + 1).find_first_not_of(" \t"), rest.size());
  if (blanks > kLongestPadding) return {Kind::data, 0};
  const auto end = rest.substr(blanks);
  if (end.starts_with("\r\n")) return {Kind::next, blanks + 2};
  if (end.starts_with('\n')) return {Kind::next, blanks + 1};
  const bool more_may_tell = end.empty() || end == "\r" || rest == "-";
  return {more_may_tell ? Kind::undecided : Kind::data, 0};
}

}  // namespace

/// Works on the caller's bytes where they lie. What cannot be decided yet (the begin of a boundary, a head) is kept and
/// looked at again together with the first bytes of the next call.
struct MultipartParser::State {
  enum class Phase { preamble, head, data, epilogue };
  /// One look at some bytes: how many of them are done with, and whether another look at the others makes sense.
  struct Look {
    std::size_t used = 0;
    bool again = false;
  };

  std::string delimiter;  ///< CR LF "--" boundary
  Events events;
  std::string kept;
  Phase phase = Phase::preamble;
  /// Bytes of the next delimiter that need not be there: its CR LF, at the very start and after a head.
  std::size_t implied = 2;
  std::size_t idle = 0;
  std::size_t parts = 0;

  Result<std::size_t> process(std::string_view input);
  Result<Look> look(std::string_view input);
  Result<Look> look_for_boundary(std::string_view input);
  Result<Look> look_for_head(std::string_view input);
  Result<> emit(std::string_view bytes);
  Result<> enter(const LineEnd& line);
};

/// Data goes to the one who wants it; text outside of the parts is counted, for nobody has shown a right to send it.
Result<> MultipartParser::State::emit(std::string_view bytes) {
  if (bytes.empty()) return {};
  implied = 0;
  if (phase == Phase::data) return events.on_data(std::span(bytes.data(), bytes.size()));
  idle += bytes.size();
  if (idle <= kLongestIdleText) return {};
  return malformed(phase == Phase::preamble ? "The form does not begin with its boundary."
                                            : "The form goes on after its last boundary.");
}

Result<> MultipartParser::State::enter(const LineEnd& line) {
  if (phase == Phase::data) RECAST_CHECK(events.on_part_end());
  phase = line.kind == LineEnd::Kind::last ? Phase::epilogue : Phase::head;
  if (phase == Phase::head && ++parts > kMostParts) return malformed("The form has too many parts.");
  return {};
}

/// Preamble and data alike: everything up to the next boundary line, or up to what could be the begin of one.
Result<MultipartParser::State::Look> MultipartParser::State::look_for_boundary(std::string_view input) {
  const std::string_view full = delimiter;
  const auto short_one = full.substr(implied);  // can only be at the front
  if (implied > 0 && short_one.starts_with(input)) return Look{};
  std::size_t at = implied > 0 && input.starts_with(short_one) ? 0 : input.find(full);
  auto size = at == 0 && input.starts_with(short_one) ? short_one.size() : full.size();
  while (at != std::string_view::npos) {
    const auto line = read_line_end(input.substr(at + size));
    if (line.kind != LineEnd::Kind::data) {
      RECAST_CHECK(emit(input.substr(0, at)));
      if (line.kind == LineEnd::Kind::undecided) return Look{at, false};
      RECAST_CHECK(enter(line));
      return Look{at + size + line.length, true};
    }
    at = input.find(full, at + 1);
    size = full.size();
  }
  auto keep = std::min(input.size(), full.size() - 1);
  while (keep > 0 && !full.starts_with(input.substr(input.size() - keep))) --keep;
  RECAST_CHECK(emit(input.substr(0, input.size() - keep)));
  return Look{input.size() - keep, false};
}

/// An empty line ends the head; lines may end with a bare LF.
Result<MultipartParser::State::Look> MultipartParser::State::look_for_head(std::string_view input) {
  std::size_t line = 0;
  while (true) {
    const auto end = input.find('\n', line);
    if (std::min(end, input.size()) >= kLongestHead) return malformed("The head of a part is too long.");
    if (end == std::string_view::npos) return Look{0, false};
    if (end == line || (end == line + 1 && input[line] == '\r')) {
      const auto part = read_part_head(input.substr(0, line));
      phase = Phase::data;
      implied = 2;  // a part without content may share its empty line's CR LF with the boundary that follows
      RECAST_CHECK(events.on_part(part));
      return Look{end + 1, true};
    }
    line = end + 1;
  }
}

Result<MultipartParser::State::Look> MultipartParser::State::look(std::string_view input) {
  switch (phase) {
    case Phase::head:
      return look_for_head(input);
    case Phase::epilogue:
      RECAST_CHECK(emit(input));
      return Look{input.size(), false};
    default:
      return look_for_boundary(input);
  }
}

/// How much of it is done with; the rest has to be seen again together with what follows it.
Result<std::size_t> MultipartParser::State::process(std::string_view input) {
  std::size_t used = 0;
  while (true) {
    RECAST_TRY(const auto one, look(input.substr(used)));
    used += one.used;
    if (!one.again) return used;
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
  auto& kept = state_->kept;
  std::string_view input(bytes.data(), bytes.size());
  while (!kept.empty() && !input.empty()) {
    const auto joined = input.substr(0, kJoined);
    kept += joined;
    RECAST_TRY(const auto used, state_->process(kept));
    const auto left = kept.size() - used;
    if (left <= joined.size()) {  // what is left lies in the new bytes as well
      input.remove_prefix(joined.size() - left);
      kept.clear();
    } else {
      input.remove_prefix(joined.size());
      kept.erase(0, used);
    }
  }
  if (input.empty()) return {};
  RECAST_TRY(const auto used, state_->process(input));
  kept = input.substr(used);
  return {};
}

Result<> MultipartParser::finish() {
  if (state_->phase != State::Phase::epilogue) return malformed("The form ends before its last boundary.");
  return {};
}

}  // namespace recast::http
