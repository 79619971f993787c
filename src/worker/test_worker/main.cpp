// A resident worker that misbehaves on demand, for the tests: {"do": "copy"}, {"do": "crash"}, …
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <vector>

#include "worker/worker.hpp"

namespace {

using namespace recast;
using worker::Job;
namespace json = boost::json;

int g_jobs = 0;             // of this process
std::uint64_t g_token = 0;  // of this process

std::string word(const json::object& request, std::string_view name) {
  const auto* const value = request.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

long number(const json::object& request, std::string_view name) {
  const auto* const value = request.if_contains(name);
  return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

json::object outcome(long result) { return {{"outcome", result < 0 ? ::strerrorname_np(errno) : "yes"}}; }

Result<json::object> copy(Job& job) {
  RECAST_TRY(const auto bytes, worker::read_all(job.inputs.at(0), 100 << 20));
  job.percent(50);
  RECAST_CHECK(worker::write_all(job.outputs.at(0), bytes));
  job.percent(100);
  return json::object{
      {"bytes", bytes.size()}, {"jobs", ++g_jobs}, {"token", fmt::format("{:x}", g_token)}, {"uid", ::getuid()}};
}

Result<json::object> sequence(Job& job) {
  for (const std::string_view text : {"one", "two"}) RECAST_CHECK(worker::append_to_sequence(job.outputs.at(0), text));
  return json::object{};
}

Result<json::object> allocate(const json::object& request) {
  for (long i = 0; i < number(request, "megabytes"); ++i) {
    auto* const block = ::mmap(nullptr, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) throw std::bad_alloc();
    std::memset(block, 1, 1 << 20);
  }
  return json::object{{"outcome", "yes"}};
}

Result<json::object> fill(int fd, long megabytes) {
  const std::vector<char> block(1 << 20, 'x');
  for (long i = 0; i < megabytes; ++i) RECAST_CHECK(worker::write_all(fd, block));
  return json::object{{"outcome", "yes"}};
}

Result<json::object> touch(const json::object& request) {
  const auto path = word(request, "path");
  if (word(request, "do") == "read") return outcome(::open(path.c_str(), O_RDONLY));
  return outcome(::open(path.c_str(), O_WRONLY | O_CREAT, 0600));
}

// Fills the child's own /tmp until it is refused.
Result<json::object> fill_scratch(const Job& job) {
  const int fd = ::open((job.scratch / "big").c_str(), O_WRONLY | O_CREAT, 0600);
  return fill(fd, number(job.request, "megabytes"));
}

Result<json::object> show(const Job& job) {
  json::array environment;
  for (char** variable = environ; *variable != nullptr; ++variable) environment.emplace_back(*variable);
  json::array sockets;
  for (int fd = 3; fd < 256; ++fd) {
    int type = 0;
    socklen_t length = sizeof type;
    if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0) sockets.emplace_back(fd);
  }
  return json::object{
      {"environment", environment}, {"sockets", sockets}, {"scratch", job.scratch.string()}, {"pid", ::getpid()}};
}

Result<json::object> run_program(const json::object& request) {
  const auto path = word(request, "path");
  const auto child = ::fork();
  if (child < 0) return outcome(-1);
  if (child == 0) {
    ::execl(path.c_str(), path.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return json::object{{"outcome", "yes"}, {"status", WEXITSTATUS(status)}};
}

[[noreturn]] void spin() {
  volatile bool forever = true;
  while (forever) {
  }
  ::_exit(0);
}

[[noreturn]] void hang(Job& job) {
  const int fd = ::open((job.scratch / "secret").c_str(), O_WRONLY | O_CREAT, 0644);
  static_cast<void>(::write(fd, "secret", 6) == 6);
  job.percent(1);
  for (;;) ::pause();
}

// What a taken-over child could try: its socket is the one socket it has.
Result<json::object> forge(const json::object& request) {
  for (int fd = 3; fd < 256; ++fd) {
    int type = 0;
    socklen_t length = sizeof type;
    if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0) continue;
    const auto text = word(request, "text");
    static_cast<void>(::write(fd, text.data(), text.size()) > 0);
  }
  for (;;) ::pause();
}

class TestWorker final : public worker::Worker {
 public:
  explicit TestWorker(std::map<std::string, std::string> arguments) : arguments_(std::move(arguments)) {}

  worker::Profile profile() const override {
    const auto programs = arguments_.contains("programs");
    return {.scratch_bytes = 16 << 20,
            .programs = programs,
            .proc = programs,
            .local_sockets = programs,
            .codec = arguments_.contains("codec")};
  }

  Result<> run(const worker::fs::path& scratch, const std::function<void(std::string)>& serve) override {
    if (arguments_.contains("fail")) return fail(ErrorCode::internal, arguments_["fail"]);
    if (arguments_.contains("crash")) ::raise(SIGKILL);
    if (arguments_.contains("never")) ::pause();
    const int fd = ::open((scratch / "profile").c_str(), O_WRONLY | O_CREAT, 0644);
    if (fd < 0 || ::write(fd, "mine", 4) != 4) return fail(ErrorCode::internal, "the parent's folder is not writable");
    ::mkdir((std::string(::getenv("TMPDIR")) + "/inner").c_str(), 0700);
    grown_.resize(arguments_.contains("grow") ? std::stoul(arguments_["grow"]) << 20 : 0, 'x');
    parent_scratch_ = scratch;
    serve("test 1.0");
    return {};
  }

  Result<> prepare(const worker::fs::path&, const std::function<bool()>&) override {
    if (arguments_.contains("broken")) return fail(ErrorCode::internal, "cannot prepare");
    if (::getrandom(&g_token, sizeof g_token, 0) != sizeof g_token) return fail(ErrorCode::internal, "no random bytes");
    return {};
  }

  Result<json::object> convert(Job& job) override {
    const auto& request = job.request;
    const auto what = word(request, "do");
    if (what == "copy") return copy(job);
    if (what == "sequence") return sequence(job);
    if (what == "allocate") return allocate(request);
    if (what == "fill") return fill(job.outputs.at(0), number(request, "megabytes"));
    if (what == "fill-scratch") return fill_scratch(job);
    if (what == "read" || what == "write") return touch(request);
    if (what == "profile")
      return outcome(
          ::open((parent_scratch_ / "profile").c_str(), number(request, "write") != 0 ? O_WRONLY : O_RDONLY));
    if (what == "inner") return outcome(::open((job.scratch / "inner").c_str(), O_RDONLY | O_DIRECTORY));
    if (what == "socket") return outcome(::socket(static_cast<int>(number(request, "family")), SOCK_STREAM, 0));
    if (what == "fork") return run_program(request);
    if (what == "kill") return outcome(::kill(static_cast<pid_t>(number(request, "pid")), 0));
    if (what == "raise-limits") return raise_limits();
    if (what == "show") return show(job);
    if (what == "error") return fail(static_cast<ErrorCode>(number(request, "code")), word(request, "message"));
    if (what == "throw") throw std::runtime_error("thrown");
    if (what == "complain") ::dprintf(STDERR_FILENO, "a complaint \xFF\n");
    if (what == "crash") __builtin_trap();
    if (what == "exit") ::_exit(3);
    if (what == "spin") spin();
    if (what == "hang") hang(job);
    if (what == "forge") return forge(request);
    if (what == "long") return json::object{{"text", std::string(100'000, 'x')}};
    return json::object{};
  }

 private:
  static Result<json::object> raise_limits() {
    rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
    return outcome(::setrlimit(RLIMIT_FSIZE, &limit));
  }

  std::map<std::string, std::string> arguments_;
  std::string grown_;
  worker::fs::path parent_scratch_;
};

}  // namespace

int main(int argc, char** argv) {
  return recast::worker::run_worker(argc, argv,
                                    [](const auto& arguments) { return std::make_unique<TestWorker>(arguments); });
}
