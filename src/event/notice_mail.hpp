#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "account/notice_text.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/mail_settings.hpp"
#include "net/smtp.hpp"
#include "store/notices.hpp"

namespace recast::event {

/// Mails notices to users: each once, tried again as the settings say; and removes those that are old, also where no
/// mail server is set. One thread, which ends with this object.
class NoticeMail {
 public:
  /// invalid_data naming the setting ("mail.from") that is wrong. `server_name`: how
  /// users reach this server, for the mails' last line; may be empty. `notices` and `clock` must outlive it.
  static Result<std::unique_ptr<NoticeMail>> start(const MailSettings& settings, store::Notices& notices,
                                                   const Clock& clock, std::string server_name);
  /// The errors that start() would give, before anything is running.
  static Result<> check(const MailSettings& settings);
  ~NoticeMail();
  NoticeMail(const NoticeMail&) = delete;
  NoticeMail& operator=(const NoticeMail&) = delete;

 private:
  /// What sending needs.
  struct Setup {
    net::SmtpServer server;
    net::MailAddress from;
    account::NoticeLibrary texts;
    std::vector<std::chrono::seconds> pauses;
    std::chrono::hours max_age{};
  };
  /// nullopt if no mail server is set.
  static Result<std::optional<Setup>> read(const MailSettings& settings);

  NoticeMail(std::optional<Setup> setup, std::chrono::days keep, store::Notices& notices, const Clock& clock,
             std::string server_name);
  void work(const std::stop_token& stop);
  /// Whether there was one to send.
  bool send_one(const std::stop_token& stop);
  Result<> send(const store::Notices::Taken& taken, const std::stop_token& stop);
  void purge();

  const std::optional<Setup> setup_;
  const std::chrono::days keep_;
  store::Notices& notices_;
  const Clock& clock_;
  const std::string server_name_;
  Time purged_{};
  std::mutex mutex_;
  std::condition_variable_any rest_;
  std::jthread thread_;  ///< last: it uses the others
};

}  // namespace recast::event
