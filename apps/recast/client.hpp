#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace recast::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

/// Where the server is and who we are.
struct Endpoint {
  std::string url;  ///< "https://recast.example.org", without /v2
  std::string key;
  std::string ca_file;    ///< further certificate authority; empty: the system's
  bool insecure = false;  ///< do not check the certificate
};

/// The exit statuses of the program.
enum Exit : int { kOk = 0, kFailed = 1, kUsage = 2, kUnreachable = 3, kLocal = 4, kInterrupted = 130 };

/// An Error of the API client: `code` tells the exit status apart (unavailable: not reachable, unauthenticated,
/// forbidden).
int exit_status(const Error& error);

/// Talks to one server. Not safe for use from two threads at once: make one per thread.
class Client {
 public:
  using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;  ///< total 0: unknown

  explicit Client(Endpoint endpoint);

  /// `path` such as "/v2/jobs". The parsed body; an Error for a status of 400 and more, with the server's own message,
  /// the field it named and the class of its status.
  Result<json::value> get(std::string_view path);
  /// A list with all its pages: a body whose `data` has the items of each, in order.
  Result<json::value> get_all(const std::string& path);
  Result<std::string> get_text(std::string_view path);  ///< as it came
  Result<json::value> post(std::string_view path, const json::value& body);
  Result<json::value> put(std::string_view path, const json::value& body);
  Result<json::value> patch(std::string_view path, const json::value& body);
  Result<> remove(std::string_view path);
  /// Fills in an upload form: the parameters in their order, then the file, streamed. `file` "-" is standard input,
  /// which is read to a temporary file first.
  Result<> upload(const json::object& form, const fs::path& file, std::string_view name, const Progress& progress);
  /// Streams to a file that appears complete or not at all; "-" is standard output.
  Result<> download(std::string_view url, const fs::path& to, const Progress& progress);

 private:
  Result<std::string> ask(const char* method, std::string_view path, const std::string* body);
  Result<json::value> exchange(const char* method, std::string_view path, const std::string* body);
  Endpoint endpoint_;
};

}  // namespace recast::cli
