#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "engines/chrome/worker/pipe.hpp"

namespace recast::chrome {

namespace fs = std::filesystem;

/// Where the browser is and what starts it without a window.
struct Program {
  fs::path executable;
  bool whole_browser = false;  ///< needs --headless=new; the headless shell does not
};

/// The browser of an install path, or the system's: the headless shell first, it starts in half the time. `unavailable`
/// if there is none.
Result<Program> find_browser(const fs::path& install);
/// "HeadlessChrome/156.0…" as the plain version, from running the program with --version. Needs no display, writes
/// nothing.
Result<std::string> version_of(const Program& program);

/// One running browser with one blank page. Ends with this object, children included.
class Browser {
 public:
  /// `scratch` gets the profile. The browser is confined by nothing but what confines this process: it runs without a
  /// sandbox of its own, because ours is around it.
  /// `proxy` is the port on 127.0.0.1 that it takes for its way out; 0: there is none.
  static Result<std::unique_ptr<Browser>> start(const Program& program, const fs::path& scratch, std::uint16_t proxy,
                                                Deadline deadline);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  Pipe& pipe() { return pipe_; }
  const std::string& session() const { return session_; }  ///< of the blank page
  pid_t pid() const { return pid_; }

 private:
  Browser(pid_t pid, UniqueFd to, UniqueFd from) : pid_(pid), pipe_(std::move(to), std::move(from)) {}
  Result<> open_page(Deadline deadline);

  pid_t pid_;
  Pipe pipe_;
  std::string session_;
};

}  // namespace recast::chrome
