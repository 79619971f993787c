// A program that misbehaves on demand, for the tests of the jail: recast-test-program COMMAND [ARGUMENTS].
// It prints "yes" or what refused it, as an errno name, and ends with 0 unless the command is about its end.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {
int answer(long result) {
  std::printf("%s\n", result < 0 ? ::strerrorname_np(errno) : "yes");
  return 0;
}

int show_call(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) std::printf("argument %s\n", argv[i]);
  for (char** variable = environ; *variable != nullptr; ++variable) std::printf("environment %s\n", *variable);
  for (int fd = 0; fd < 1024; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) std::printf("descriptor %d\n", fd);
  }
  return 0;
}

/// "-" is standard input or output.
int copy(std::string_view from, std::string_view to) {
  const int in = from == "-" ? STDIN_FILENO : ::open(from.data(), O_RDONLY);
  if (in < 0) return answer(-1);
  const int out = to == "-" ? STDOUT_FILENO : ::open(to.data(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out < 0) return answer(-1);
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(in, buffer, sizeof buffer)) > 0;) {
    if (::write(out, buffer, static_cast<std::size_t>(count)) != count) return answer(-1);
  }
  return answer(0);
}

int reach(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return answer(-1);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return answer(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

int make_socket(int family) { return answer(::socket(family, SOCK_STREAM, 0)); }

int fork_bomb() {
  int made = 0;
  for (; made < 5000; ++made) {
    const auto pid = ::fork();
    if (pid < 0) break;
    if (pid == 0) {
      ::setsid();
      for (;;) ::pause();
    }
  }
  std::printf("%d\n", made);
  return 0;
}

int allocate(std::size_t megabytes) {
  for (std::size_t i = 0; i < megabytes; ++i) {
    auto* const block = static_cast<char*>(std::malloc(1 << 20));
    if (block == nullptr) {
      std::fprintf(stderr, "std::bad_alloc after %zu\n", i);
      return 1;
    }
    std::memset(block, static_cast<int>(i), 1 << 20);
  }
  return answer(0);
}

int fill(const char* path, std::size_t megabytes, std::size_t files) {
  const std::vector<char> block(1 << 20, 'x');
  for (std::size_t file = 0; file < files; ++file) {
    const int fd = ::open((std::string(path) + std::to_string(file)).c_str(), O_WRONLY | O_CREAT, 0600);
    if (fd < 0) return answer(-1);
    for (std::size_t i = 0; i < megabytes; ++i) {
      if (::write(fd, block.data(), block.size()) < 0) return answer(-1);
    }
    ::close(fd);
  }
  return answer(0);
}

// A child in a session of its own that holds a lock as long as it lives.
int leave_child(const char* lock, bool hang) {
  int ready[2];
  if (::pipe(ready) != 0) return answer(-1);
  if (::fork() == 0) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    const int fd = ::open(lock, O_RDWR | O_CREAT, 0600);
    const bool locked = fd >= 0 && ::flock(fd, LOCK_EX) == 0;
    if (::write(ready[1], locked ? "y" : "n", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char answered = 'n';
  if (::read(ready[0], &answered, 1) != 1 || answered != 'y') return answer(-1);
  answer(0);
  std::fflush(stdout);
  while (hang) ::pause();
  return 0;
}

int escape(const char* folder) {
  ::symlink("/etc/passwd", (std::string(folder) + "/link").c_str());
  ::mkfifo((std::string(folder) + "/pipe").c_str(), 0600);
  return answer(::mkdir((std::string(folder) + "/inner").c_str(), 0700));
}

int spin() {
  volatile bool forever = true;
  while (forever) {
  }
  return 0;
}

int flood() {
  const std::vector<char> line(1000, 'y');
  for (int i = 0; i < 5000; ++i) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
  std::fputs("\xFF\x1B[31mthe end \xC3\xA4\n", stderr);
  return 0;
}
}  // namespace

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  const auto text = [&](int i) { return i < argc ? argv[i] : ""; };
  const auto number = [&](int i) { return std::atoi(text(i)); };
  if (command == "show") return show_call(argc, argv);
  if (command == "copy") return copy(text(2), text(3));
  if (command == "read") return answer(::open(text(2), O_RDONLY));
  if (command == "write") return answer(::open(text(2), O_WRONLY | O_CREAT, 0600));
  if (command == "reach") return reach(number(2));
  if (command == "socket") return make_socket(number(2));
  if (command == "pair") {
    int fds[2];
    return answer(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
  }
  if (command == "trace") return answer(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr));
  if (command == "kill") return answer(::kill(number(2), 0));
  if (command == "fork-bomb") return fork_bomb();
  if (command == "allocate") return allocate(static_cast<std::size_t>(number(2)));
  if (command == "fill") return fill(text(2), static_cast<std::size_t>(number(3)), static_cast<std::size_t>(number(4)));
  if (command == "leave-child") return leave_child(text(2), argc > 3);
  if (command == "escape") return escape(text(2));
  if (command == "spin") return spin();
  if (command == "hang") {
    std::printf("hanging\n");
    std::fflush(stdout);
    ::signal(SIGTERM, SIG_IGN);
    for (;;) ::pause();
  }
  if (command == "flood") return flood();
  if (command == "exit") return number(2);
  if (command == "crash") {
    ::raise(SIGSEGV);
    return 1;
  }
  if (command == "ids") {
    std::printf("%u %u\n", ::getuid(), ::getgid());
    return 0;
  }
  std::fprintf(stderr, "unknown command\n");
  return 2;
}
