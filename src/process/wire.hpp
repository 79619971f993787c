#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "base/unique_handle.hpp"
#include "process/report.hpp"

/// How the server, a resident worker's parent and its children talk: SOCK_SEQPACKET sockets, one message per packet, a
/// line of words and sometimes a body behind it. Who is nearer to a client's document is not believed: a parent checks
/// and bounds what a child says, and the server what a parent passes on.
///
///   server -> parent   job ID INPUTS OUTPUTS WALL_S CPU_S MEMORY OUTPUT FILES DESCRIPTORS PROCESSES \n REQUEST
///                        with INPUTS + OUTPUTS descriptors; goes to one child as it is
///                      cancel ID
///   parent -> server   pid N              the outer process of a full jail tells the pid of the parent proper
///                      ready VERSION      or: failed MESSAGE, and the parent ends
///                      spares N           children that wait for a job
///                      percent ID N
///                      end ID CODE SIGNAL EXCEEDED SETUP_US CPU_US MAX_RSS ERROR_BYTES \n ERRORS ANSWER
///                        the child is dead and reaped: nobody writes to the job's outputs any more
///   child -> parent    jailed             or: broken MESSAGE, and the child ends
///                      percent N
///                      ok \n JSON         or: error CODE FIELD \n MESSAGE; the first of them ends the child
///
/// The server closing its socket ends the parent, and the parent's end ends its children.
namespace recast::process {

inline constexpr std::size_t kLongestRequest = 60 << 10;
inline constexpr std::size_t kLongestAnswer = 60 << 10;
inline constexpr std::size_t kLongestMessage = 128 << 10;
inline constexpr std::size_t kMostDescriptors = 200;

struct Message {
  std::string text;
  std::vector<UniqueFd> descriptors;  ///< closed on exec
  std::string_view line() const { return std::string_view(text).substr(0, text.find('\n')); }
  std::string_view body() const {
    const auto end = text.find('\n');
    return end == std::string::npos ? std::string_view() : std::string_view(text).substr(end + 1);
  }
};

struct Received {
  enum class State { message, nothing, closed };
  State state = State::nothing;
  Message message;
};

enum class Patience { wait, none };
/// False if the peer is gone, or if it would block and there is no patience.
bool send_message(int socket, std::string_view text, std::span<const int> descriptors, Patience patience);
/// Never waits. Too long messages and ones with too many descriptors are cut short, so that parsing them fails.
Received receive_message(int socket);
/// A connected pair of sockets, closed on exec.
Result<std::pair<UniqueFd, UniqueFd>> socket_pair();

/// The words of a line. Numbers are decimal; anything else is nullopt.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}
  std::string_view next();
  std::string_view rest() const { return rest_; }
  std::optional<std::uint64_t> number();

 private:
  std::string_view rest_;
};

struct JobLine {
  std::uint64_t id = 0;
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  Limits limits;
};
std::string format_job(const JobLine& job, std::string_view request);
std::optional<JobLine> parse_job(const Message& message);

struct EndLine {
  std::uint64_t id = 0;
  ExitReport report;   ///< `errors` holds raw bytes here; `output` is not sent
  std::string answer;  ///< what the child said, "ok\n…" or "error …\n…"; empty if it said nothing
};
std::string format_end(const EndLine& end);
std::optional<EndLine> parse_end(std::string_view message);

/// What a child answered, checked: the JSON text of an object, or the Error it gave, with a code that is for a child to
/// give and a short clean message.
Result<std::string> read_answer(std::string_view answer);
std::string format_ok(std::string_view json);
std::string format_error(const Error& error);

}  // namespace recast::process
