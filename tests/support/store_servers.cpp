#include "store_servers.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <stdexcept>

namespace recast::test {

namespace {

std::string first_line(int fd) {
  std::string line;
  for (char c = 0; ::read(fd, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace

StoreServers::StoreServers(const std::string& names) {
  std::string program = RECAST_SOURCE_FOLDER "/tests/stores/servers/up.py";
  std::string python = "python3", only = "--only", which = names;
  std::array<char*, 5> arguments{python.data(), program.data(), only.data(), which.data(), nullptr};
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  const UniqueFd in_read(in[0]), out_read(out[0]);
  UniqueFd out_write(out[1]);
  input_.reset(in[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  const int error = ::posix_spawnp(&pid_, "python3", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("python3 cannot be started");
  // Closed here, so that the end of the program is the end of its output.
  out_write.reset();
  boost::system::error_code failed;
  const auto said = boost::json::parse(first_line(out[0]), failed);
  if (failed || !said.is_object() || said.get_object().contains("failed"))
    throw std::runtime_error("the stores " + names + " did not start");
  said_ = said.get_object();
}

StoreServers::~StoreServers() {
  input_.reset();
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

boost::json::object StoreServers::at(std::string_view name) const {
  const auto* const found = said_.if_contains(name);
  return found != nullptr && found->is_object() ? found->get_object() : boost::json::object();
}

std::string StoreServers::reason(std::string_view name) const {
  const auto* const absent = said_.if_contains("absent");
  if (absent == nullptr || !absent->is_object() || !absent->get_object().contains(name)) return {};
  return std::string(absent->get_object().at(name).as_string());
}

}  // namespace recast::test
