#include "process/wire.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "process/capture.hpp"

namespace recast::process {

namespace {
constexpr std::size_t kLongestText = 2000;
constexpr std::size_t kControlBytes = CMSG_SPACE(kMostDescriptors * sizeof(int));

// The codes a child may give; anything else it says counts as a failed conversion.
constexpr std::array kCodesOfChildren{ErrorCode::invalid_data,    ErrorCode::invalid_conversion_type,
                                      ErrorCode::open_failed,     ErrorCode::conversion_failed,
                                      ErrorCode::file_too_large,  ErrorCode::timeout,
                                      ErrorCode::cpu_limit,       ErrorCode::memory_limit,
                                      ErrorCode::output_limit,    ErrorCode::pixel_limit,
                                      ErrorCode::page_limit,      ErrorCode::disk_full,
                                      ErrorCode::download_failed, ErrorCode::process_limit};

void take_descriptors(const msghdr& header, std::vector<UniqueFd>& out) {
  for (auto* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control = CMSG_NXTHDR(const_cast<msghdr*>(&header), control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
    const auto count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(control) + i * sizeof(int), sizeof fd);
      out.emplace_back(fd);
    }
  }
}

std::optional<ErrorCode> code_of_child(std::uint64_t number) {
  for (const auto code : kCodesOfChildren) {
    if (static_cast<std::uint64_t>(code) == number) return code;
  }
  return std::nullopt;
}
}  // namespace

bool send_message(int socket, std::string_view text, std::span<const int> descriptors, Patience patience) {
  if (descriptors.size() > kMostDescriptors || text.size() > kLongestMessage) return false;
  iovec part{const_cast<char*>(text.data()), text.size()};
  alignas(cmsghdr) std::array<char, kControlBytes> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!descriptors.empty()) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    auto* const first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(first), descriptors.data(), descriptors.size_bytes());
  }
  const int flags = MSG_NOSIGNAL | (patience == Patience::none ? MSG_DONTWAIT : 0);
  ssize_t sent = 0;
  do sent = ::sendmsg(socket, &header, flags);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

Received receive_message(int socket) {
  thread_local const auto buffer = std::make_unique<std::array<char, kLongestMessage>>();
  iovec part{buffer->data(), buffer->size()};
  alignas(cmsghdr) std::array<char, kControlBytes> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const auto count = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (count <= 0) return {.state = Received::State::closed};
  Received received{.state = Received::State::message};
  received.message.text.assign(buffer->data(), static_cast<std::size_t>(count));
  take_descriptors(header, received.message.descriptors);
  return received;
}

Result<std::pair<UniqueFd, UniqueFd>> socket_pair() {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()) != 0) {
    return std::unexpected(from_errno(errno, "socketpair"));
  }
  return std::pair(UniqueFd(fds[0]), UniqueFd(fds[1]));
}

std::string_view Words::next() {
  const auto end = std::min(rest_.find(' '), rest_.size());
  const auto word = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  return word;
}

std::optional<std::uint64_t> Words::number() {
  const auto word = next();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::string format_job(const JobLine& job, std::string_view request) {
  const auto& limits = job.limits;
  return fmt::format("job {} {} {} {} {} {} {} {} {} {}\n{}", job.id, job.inputs, job.outputs,
                     std::max<std::int64_t>(limits.wall.count(), 0), std::max<std::int64_t>(limits.cpu.count(), 0),
                     limits.memory, limits.output, limits.files, limits.descriptors, limits.processes, request);
}

std::optional<JobLine> parse_job(const Message& message) {
  Words words(message.line());
  if (words.next() != "job") return std::nullopt;
  std::array<std::uint64_t, 10> numbers{};
  for (auto& number : numbers) {
    const auto value = words.number();
    if (!value) return std::nullopt;
    number = *value;
  }
  JobLine job{.id = numbers[0], .inputs = numbers[1], .outputs = numbers[2]};
  if (job.inputs > kMostDescriptors || job.outputs > kMostDescriptors ||
      job.inputs + job.outputs != message.descriptors.size()) {
    return std::nullopt;
  }
  constexpr std::uint64_t century = 100ULL * 366 * 86400;
  job.limits = {.wall = std::chrono::seconds(std::min(numbers[3], century)),
                .cpu = std::chrono::seconds(std::min(numbers[4], century)),
                .memory = numbers[5],
                .output = numbers[6],
                .files = static_cast<std::uint32_t>(numbers[7]),
                .descriptors = static_cast<std::uint32_t>(numbers[8]),
                .processes = static_cast<std::uint32_t>(numbers[9])};
  return job;
}

std::string format_end(const EndLine& end) {
  const auto& report = end.report;
  return fmt::format("end {} {} {} {} {} {} {} {}\n{}{}", end.id, report.exit_code, report.signal,
                     static_cast<int>(report.exceeded), report.setup.count(), report.cpu.count(), report.max_rss,
                     report.errors.size(), report.errors, end.answer);
}

std::optional<EndLine> parse_end(std::string_view message) {
  const auto line_end = message.find('\n');
  if (line_end == std::string_view::npos) return std::nullopt;
  Words words(message.substr(0, line_end));
  if (words.next() != "end") return std::nullopt;
  std::array<std::uint64_t, 8> numbers{};
  for (auto& number : numbers) {
    const auto value = words.number();
    if (!value) return std::nullopt;
    number = *value;
  }
  const auto body = message.substr(line_end + 1);
  if (numbers[3] > static_cast<std::uint64_t>(Exceeded::cancelled) || numbers[7] > body.size()) return std::nullopt;
  EndLine end{.id = numbers[0]};
  end.report = {.exit_code = static_cast<int>(numbers[1]),
                .signal = static_cast<int>(numbers[2]),
                .exceeded = static_cast<Exceeded>(numbers[3]),
                .errors = clean_text(body.substr(0, numbers[7])),
                .setup = std::chrono::microseconds(numbers[4]),
                .cpu = std::chrono::microseconds(numbers[5]),
                .max_rss = numbers[6]};
  end.answer = std::string(body.substr(numbers[7]));
  return end;
}

std::string format_ok(std::string_view json) { return fmt::format("ok\n{}", json); }

std::string format_error(const Error& error) {
  return fmt::format("error {} {}\n{}", static_cast<int>(error.code), error.field,
                     std::string_view(error.message).substr(0, kLongestText));
}

Result<std::string> read_answer(std::string_view answer) {
  const auto unreadable = [] { return fail(ErrorCode::conversion_failed, "The engine gave an unreadable answer."); };
  const auto line_end = answer.find('\n');
  if (line_end == std::string_view::npos || answer.size() > kLongestAnswer) return unreadable();
  Words words(answer.substr(0, line_end));
  const auto kind = words.next();
  const auto body = answer.substr(line_end + 1);
  if (kind == "error") {
    const auto code = code_of_child(words.number().value_or(~0ULL)).value_or(ErrorCode::conversion_failed);
    const auto field = words.next();
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";
    const bool plain = field.size() <= 40 && field.find_first_not_of(kLetters) == std::string_view::npos;
    return fail(code, clean_text(body.substr(0, kLongestText)), plain ? std::string(field) : std::string());
  }
  if (kind != "ok") return unreadable();
  boost::system::error_code error;
  const auto value = boost::json::parse(body, error, {}, {.max_depth = 32});
  if (error || !value.is_object()) return unreadable();
  return std::string(body);
}

}  // namespace recast::process
