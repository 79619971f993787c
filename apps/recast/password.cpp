#include "password.hpp"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace recast::cli {

namespace {

/// Switches off that a terminal shows what is typed.
class Unseen {
 public:
  Unseen() {
    is_terminal_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    auto without = before_;
    without.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &without);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool is_terminal_ = false;
};

std::string read_line(const char* prompt) {
  if (prompt != nullptr) fmt::print(stderr, "{}", prompt);
  std::string line;
  std::getline(std::cin, line);
  if (prompt != nullptr) fmt::print(stderr, "\n");
  return line;
}

}  // namespace

Result<std::string> read_password() {
  const bool asks = ::isatty(STDIN_FILENO) == 1;
  const Unseen unseen;
  auto password = read_line(asks ? "New password: " : nullptr);
  if (password.empty()) return fail(ErrorCode::invalid_data, "There is no password on standard input.");
  if (asks && read_line("Once more: ") != password)
    return fail(ErrorCode::invalid_data, "The two passwords differ.");
  return password;
}

}  // namespace recast::cli
