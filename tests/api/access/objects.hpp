#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "../test_server.hpp"
#include "http/test_client.hpp"
#include "table.hpp"

namespace recast::api_test {

/// What the places of endpoints.table stand for: things that user ada makes, anew each time.
class Objects {
 public:
  explicit Objects(TestServer& server);

  /// The row with its places filled with things that were made just now.
  Endpoint filled(const Endpoint& row);
  /// The row with ids of what was never made.
  Endpoint missing(const Endpoint& row) const;
  /// The same text with what `filled` put there last taken out, so that answers can be compared.
  std::string without_ids(std::string text) const;

  http::test::Reply ask(const Endpoint& row, std::string_view token, std::string_view prefix = {});

 private:
  using Maker = std::function<std::string()>;
  struct Kind {
    Maker make;
    std::string never_made;
  };
  void add_jobs();
  void add_account();
  void add_administration();
  /// `data` of an answer; throws if it is none.
  boost::json::value call(const std::string& method, const std::string& target, const std::string& body = {});
  std::string text(const boost::json::value& value, std::string_view member) const;
  std::string finished_task(const char* prefix, const char* member);
  std::string signed_url();
  std::string grant();
  std::string notice();
  std::string fresh(std::string_view word) { return std::string(word) + "-" + std::to_string(++count_); }

  TestServer& server_;
  std::map<std::string, Kind> kinds_;
  std::map<std::string, std::string> last_;
  int count_ = 0;
};

}  // namespace recast::api_test
