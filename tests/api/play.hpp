#pragma once

#include <map>
#include <string>
#include <vector>

#include "expect.hpp"
#include "script.hpp"
#include "test_server.hpp"

namespace recast::http::test {
struct Reply;
}
namespace recast::api_test {

/// Plays a script's steps against a server, one after the other, and collects what was wrong.
class Player {
 public:
  explicit Player(TestServer& server) : server_(server), values_(server.values()) {}

  /// What was wrong, each with its line; empty if all was as expected. Stops at the first step that went wrong.
  std::vector<std::string> play(const std::vector<Step>& steps);

 private:
  Result<Answer> perform(const Step& step);
  Result<Answer> request(const Step& step, std::string_view listener);
  Result<Answer> upload(const Step& step);
  Result<Answer> leave(const Step& step);
  /// What a browser keeps of an answer, and sends with the next request.
  void keep_cookies(const http::test::Reply& reply);
  std::string cookies() const;
  Result<std::string> head(const Step& step, const std::string& verb, const std::string& target, std::size_t length);

  TestServer& server_;
  Values values_;
  std::map<std::string, std::string> cookies_;
};

}  // namespace recast::api_test
