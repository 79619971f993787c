#pragma once

#include <curl/curl.h>

#include <string>

#include "base/unique_handle.hpp"

/// libcurl's things with an owner.
namespace recast::net {

struct CurlHandle {
  using type = CURL*;
  static constexpr CURL* invalid() { return nullptr; }
  static void close(CURL* handle) { curl_easy_cleanup(handle); }
};
/// A curl_slist that grows.
class CurlList {
 public:
  CurlList() = default;
  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;
  ~CurlList() { curl_slist_free_all(head_); }
  void add(const std::string& text) {
    if (auto* const grown = curl_slist_append(head_, text.c_str())) head_ = grown;
  }
  curl_slist* get() const { return head_; }

 private:
  curl_slist* head_ = nullptr;
};

}  // namespace recast::net
