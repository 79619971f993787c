#include "engines/chrome/worker/browser.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <regex>
#include <vector>

#include "base/text.hpp"

namespace recast::chrome {

namespace {

constexpr int kCommands = 3, kAnswers = 4;  // where --remote-debugging-pipe expects its pipe

struct Candidate {
  std::string_view path;
  bool whole_browser;
};

// Below an install path and below /usr. The program itself before the script that starts it.
constexpr std::array kCandidates{Candidate{"lib/chromium/chromium-headless-shell", false},
                                 Candidate{"bin/chromium-headless-shell", false},
                                 Candidate{"chrome-headless-shell", false},
                                 Candidate{"headless_shell", false},
                                 Candidate{"lib/chromium/chromium", true},
                                 Candidate{"bin/chromium", true},
                                 Candidate{"chromium", true},
                                 Candidate{"chrome", true},
                                 Candidate{"bin/google-chrome", true}};

std::vector<std::string> arguments_of(const Program& program, const fs::path& scratch, std::uint16_t proxy) {
  std::vector<std::string> result{program.executable.string()};
  if (program.whole_browser) result.emplace_back("--headless=new");
  for (const auto* const flag :
       {"--remote-debugging-pipe", "--no-sandbox", "--no-zygote", "--disable-gpu", "--in-process-gpu",
        "--disable-software-rasterizer", "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check",
        "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
        "--disable-extensions", "--disable-sync", "--disable-breakpad", "--disable-crash-reporter",
        "--disable-client-side-phishing-detection", "--disable-domain-reliability", "--metrics-recording-only",
        "--mute-audio", "--hide-scrollbars", "--use-mock-keychain", "--password-store=basic",
        "--block-new-web-contents", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows", "--disable-site-isolation-trials",
        "--disable-features=IsolateOrigins,site-per-process,Translate,MediaRouter,OptimizationHints,"
        "DialMediaRouteProvider",
        "--enable-features=NetworkServiceInProcess2", "--force-color-profile=srgb", "--font-render-hinting=none",
        // The jail has no network; should it be off, these leave the browser without one all the same. Only the proxy
        // looks names up.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--proxy-bypass-list=<-loopback>",
        "--disable-quic", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--lang=en-US",
        "--log-level=3"}) {
    result.emplace_back(flag);
  }
  result.push_back(proxy == 0 ? "--proxy-server=http://0.0.0.0:9"
                              : fmt::format("--proxy-server=http://127.0.0.1:{}", proxy));
  result.push_back("--user-data-dir=" + (scratch / "profile").string());
  result.emplace_back("about:blank");
  return result;
}

struct Pipes {
  UniqueFd command_read, command_write, answer_read, answer_write;
};

Result<Pipes> make_pipes() {
  std::array<int, 2> commands{}, answers{};
  if (::pipe2(commands.data(), O_CLOEXEC) != 0) return std::unexpected(from_errno(errno, "pipe"));
  Pipes result{UniqueFd(commands[0]), UniqueFd(commands[1]), {}, {}};
  if (::pipe2(answers.data(), O_CLOEXEC) != 0) return std::unexpected(from_errno(errno, "pipe"));
  result.answer_read = UniqueFd(answers[0]);
  result.answer_write = UniqueFd(answers[1]);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (auto& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

/// Between fork and exec: only what is safe after a fork.
[[noreturn]] void become(char* const* arguments, char* const* environment, int commands, int answers, int output) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Both ends first leave the numbers they are to get; dup2 drops close-on-exec.
  const int high_commands = ::fcntl(commands, F_DUPFD, 16), high_answers = ::fcntl(answers, F_DUPFD, 16);
  // What a page writes to its console is a client's content and is not kept.
  const int nothing = ::open("/dev/null", O_RDWR);
  const bool ready = high_commands >= 0 && high_answers >= 0 && nothing >= 0 && ::dup2(nothing, 0) == 0 &&
                     ::dup2(output >= 0 ? output : nothing, 1) == 1 && ::dup2(nothing, 2) == 2 &&
                     ::dup2(high_commands, kCommands) == kCommands && ::dup2(high_answers, kAnswers) == kAnswers;
  if (ready) {
    for (int fd = 5; fd < 64; ++fd) ::close(fd);
    ::execve(arguments[0], arguments, environment);
  }
  ::_exit(127);
}

}  // namespace

Result<Program> find_browser(const fs::path& install) {
  for (const auto& candidate : kCandidates) {
    for (const auto& root : {install, fs::path(install.empty() ? "/usr" : "")}) {
      if (root.empty()) continue;
      const auto path = root / candidate.path;
      if (::access(path.c_str(), X_OK) == 0 && !fs::is_directory(path)) return Program{path, candidate.whole_browser};
    }
  }
  return fail(ErrorCode::unavailable, install.empty() ? "No Chromium is installed."
                                                      : fmt::format("There is no Chromium in {}.", install.string()));
}

Result<std::string> version_of(const Program& program) {
  RECAST_TRY(auto pipes, make_pipes());
  std::vector<std::string> words{program.executable.string(), "--version"}, surroundings{"LANG=C", "HOME=/nonexistent"};
  const auto arguments = pointers(words), environment = pointers(surroundings);
  const pid_t pid = ::fork();
  if (pid < 0) return std::unexpected(from_errno(errno, "fork"));
  if (pid == 0) {
    become(arguments.data(), environment.data(), pipes.command_read.get(), pipes.answer_write.get(),
           pipes.answer_write.get());
  }
  pipes.answer_write.reset();
  std::string text;
  std::array<char, 512> chunk{};
  for (ssize_t count = 0; (count = ::read(pipes.answer_read.get(), chunk.data(), chunk.size())) > 0;) {
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > 4096) break;
  }
  ::kill(-pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  std::smatch found;
  static const std::regex kVersion(R"((\d+\.\d+\.\d+\.\d+))");
  if (!std::regex_search(text, found, kVersion)) {
    return fail(ErrorCode::unavailable, fmt::format("{} does not say its version.", program.executable.string()));
  }
  return found[1].str();
}

Result<std::unique_ptr<Browser>> Browser::start(const Program& program, const fs::path& scratch, std::uint16_t proxy,
                                                Deadline deadline) {
  RECAST_TRY(auto pipes, make_pipes());
  auto words = arguments_of(program, scratch, proxy);
  std::vector<std::string> surroundings{"HOME=" + scratch.string(),
                                        "TMPDIR=" + scratch.string(),
                                        "XDG_CONFIG_HOME=" + scratch.string(),
                                        "XDG_CACHE_HOME=" + scratch.string(),
                                        "LANG=C.UTF-8",
                                        "TZ=UTC",
                                        "PATH=/usr/bin:/bin",
                                        "DBUS_SESSION_BUS_ADDRESS=disabled:"};
  const auto arguments = pointers(words), environment = pointers(surroundings);
  const pid_t pid = ::fork();
  if (pid < 0) return std::unexpected(from_errno(errno, "fork"));
  if (pid == 0) {
    become(arguments.data(), environment.data(), pipes.command_read.get(), pipes.answer_write.get(), -1);
  }
  std::unique_ptr<Browser> browser(new Browser(pid, std::move(pipes.command_write), std::move(pipes.answer_read)));
  pipes.command_read.reset();
  pipes.answer_write.reset();
  RECAST_CHECK(browser->open_page(deadline));
  return browser;
}

Result<> Browser::open_page(Deadline deadline) {
  RECAST_CHECK(pipe_.call("Browser.setDownloadBehavior", {{"behavior", "deny"}}, "", deadline));
  RECAST_TRY(const auto targets, pipe_.call("Target.getTargets", {}, "", deadline));
  std::string page;
  if (const auto* const list = targets.if_contains("targetInfos"); list != nullptr && list->is_array()) {
    for (const auto& one : list->get_array()) {
      const auto& info = one.as_object();
      if (info.at("type").as_string() == "page") page = std::string(info.at("targetId").as_string());
    }
  }
  if (page.empty()) {
    RECAST_TRY(const auto made, pipe_.call("Target.createTarget", {{"url", "about:blank"}}, "", deadline));
    page = std::string(made.at("targetId").as_string());
  }
  RECAST_TRY(const auto attached,
             pipe_.call("Target.attachToTarget", {{"targetId", page}, {"flatten", true}}, "", deadline));
  session_ = std::string(attached.at("sessionId").as_string());
  return {};
}

Browser::~Browser() {
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace recast::chrome
